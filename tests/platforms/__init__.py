"""Try unusual interpreters: a library in a zip file, a program in one folder, WebAssembly.

``python -m tests.platforms zipped`` and ``python -m tests.platforms frozen`` build an interpreter from the running one,
and try it. ``node tests/platforms/pyodide.mjs FOLDER`` tries the Pyodide that npm has installed in ``FOLDER``.
"""

from __future__ import absolute_import, division, print_function
