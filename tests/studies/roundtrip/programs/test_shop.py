"""Test the program shop. The study records what these tests import late."""

from __future__ import absolute_import, division, print_function

import shop


def test_work():
    assert "order" in shop.work()


def test_load():
    assert [shop.load(kind) for kind in shop.KINDS][0] == "3.30"
