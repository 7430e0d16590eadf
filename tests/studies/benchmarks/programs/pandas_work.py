"""A program that reads a table with pandas, and plots nothing."""

from __future__ import absolute_import, division, print_function

import io

import pandas

TABLE = u"day,shop,price\n2026-11-25,a,1.5\n2026-11-26,b,2.5\n2026-11-26,a,3.5\n"


def work():
    """Do what a program does again and again, from the first time on."""
    table = pandas.read_csv(io.StringIO(TABLE), parse_dates=["day"])
    sums = table.groupby("shop")["price"].sum()
    return sums.to_json(), table.to_string(), table["day"].dt.strftime("%A").tolist()
