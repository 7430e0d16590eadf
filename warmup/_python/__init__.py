"""Hold all code that depends on the interpreter, which the next Python can break.

``tests/test_python_assumptions.py`` has a test for each property of the interpreter that these files rely on. No file
here imports a source.
"""
