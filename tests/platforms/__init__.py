"""Try unusual interpreters: a library in a zip file, a program in one folder, WebAssembly.

``python -m tests.platforms zipped`` builds an interpreter from the running one, and tries it. ``frozen`` makes a
program by PyInstaller, ``cx_freeze`` and ``nuitka`` by those: the running interpreter must have them.
``node tests/platforms/pyodide.mjs FOLDER`` tries the Pyodide that npm has installed in ``FOLDER``.
"""

from __future__ import absolute_import, division, print_function
