"""Interpreters that are put together differently: a library in a zip file, a program made into one folder, WebAssembly.

``python -m tests.platforms zipped`` and ``python -m tests.platforms frozen`` build one from the running interpreter and
try it; ``node tests/platforms/pyodide.mjs FOLDER`` does it for the Pyodide that npm has installed in ``FOLDER``.
"""

from __future__ import absolute_import, division, print_function
