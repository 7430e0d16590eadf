from __future__ import absolute_import, division, print_function


def price():
    import csv
    import io

    return u"\u20ac".encode("cp1252") and csv.__name__ + io.__name__
