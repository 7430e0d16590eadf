"""Hold the studies, which take long or need other packages: hosts, programs, CPython's own tests, measurements.

``python -m tests.studies`` lists them. A study is a package whose docstring describes it. Its function
``main(arguments)`` returns the exit code. Each study first prints what it installs and how long it takes.
"""

from __future__ import absolute_import, division, print_function
