"""Test what ``preload()`` promises under hostile conditions.

``python -m tests.studies hostile`` prints a table of condition x interpreter. Each condition is a
script in ``conditions/`` that arranges something hostile in a process of its own, calls the
package, and checks one promise.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. ``arguments``: a list without the program's name. Return the exit code."""
    from tests.studies.hostile import _study

    return _study.main(arguments)
