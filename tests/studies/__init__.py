"""What takes long or needs other people's packages: real hosts and programs, CPython's own tests, measurements.

``python -m tests.studies`` lists them. Each is a package whose docstring says what it is, with a function
``main(arguments)`` that returns the exit code. Each says first what it installs and how long it takes.
"""

from __future__ import absolute_import, division, print_function
