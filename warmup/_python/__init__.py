"""What depends on the interpreter, and what the next Python can break.

Each assumption about the interpreter that these files rely on has a test in ``tests/test_python_assumptions.py``.
Nothing here imports a source.
"""
