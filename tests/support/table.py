"""Print tables: line by line while a study runs, or as a whole."""

from __future__ import absolute_import, division, print_function

import sys


class Layout(object):
    """Hold the widths of columns.

    ``widths``: a number for each column. 0 means a last column of any length. The first column is aligned to the left,
    the others to the right.
    """

    def __init__(self, widths):
        self._widths = widths

    def line(self, cells):
        """Return the line for ``cells``. Two cells in a table of more columns are a name and a remark of any length."""
        name = str(cells[0]).ljust(self._widths[0])
        if len(cells) == 2 < len(self._widths):
            rest = [str(cells[1])]
        else:
            rest = [str(cell).rjust(width) for cell, width in zip(cells[1:], self._widths[1:])]
        return "  ".join([name] + rest).rstrip()


def table(rows):
    """Return a table whose columns are as wide as their cells, as text.

    ``rows``: lists of cells; the first is the head. A row may have two cells, see `Layout.line`. A column with ``-`` in
    every cell is dropped.
    """
    rows = [[str(cell) for cell in row] for row in rows]
    whole = [row for row in rows if len(row) == len(rows[0])]
    kept = [
        column
        for column in range(len(rows[0]))
        if column == 0 or len(whole) == 1 or any(row[column] != "-" for row in whole[1:])
    ]
    widths = [max(len(row[column]) for row in whole) for column in kept]
    widths[0] = max(len(row[0]) for row in rows)
    layout = Layout(widths)
    return "\n".join(layout.line([row[column] for column in kept] if len(row) == len(rows[0]) else row) for row in rows)


def say(text=""):
    """Print ``text`` at once, also into a pipe: people watch a study while it runs."""
    print(text)
    sys.stdout.flush()
