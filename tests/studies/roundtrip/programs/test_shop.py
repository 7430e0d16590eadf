"""The test suite that is the training run of the program shop."""

from __future__ import absolute_import, division, print_function

import shop


def test_work():
    assert "order" in shop.work()


def test_load():
    assert [shop.load(kind) for kind in shop.KINDS][0] == "3.30"
