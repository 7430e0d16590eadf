from __future__ import absolute_import, division, print_function


def price():
    import decimal

    return str(decimal.Decimal("1.10") * 3)
