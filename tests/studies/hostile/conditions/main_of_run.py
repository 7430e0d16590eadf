"""A program that run starts finds the same names in its __main__ as under plain python."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 19
CASES = ("script", "module", "folder", "zip", "annotated", "record")
SECONDS = 0.8
PART = ("script", "module")
CASE = arena.case(CASES)

SOURCE = """
import sys
%s
names = sorted(name for name in dict(globals()))
main = sys.modules['__main__']
print(names)
names = ['__name__', '__package__', '__doc__', '__annotations__']
print([(name, globals().get(name)) for name in names])
print([type(globals().get(name)).__name__ for name in ('__builtins__', '__loader__', '__spec__')])
print(vars(main) is globals(), sys.argv[1:])
""" % ("number: int = 3" if CASE == "annotated" and not arena.PY2 else "")
program = arena.folder({"program.py": SOURCE, "__main__.py": SOURCE}, on_path=False)
target = [os.path.join(program, "program.py"), "an argument"]
if CASE == "module":
    target = ["-m", "program", "an argument"]
elif CASE == "folder":
    target = [program, "an argument"]
elif CASE == "zip":
    import zipfile

    target = [os.path.join(program, "program.zip"), "an argument"]
    with zipfile.ZipFile(target[0], "w") as stream:
        stream.write(os.path.join(program, "__main__.py"), "__main__.py")
words = ["record", "-o", os.path.join(program, "manifest")] if CASE == "record" else ["run", "--no-codecs"]
plain = arena.run(target, directory=program)
arena.arranged(plain[0] == 0, "the program does not run: %s" % arena.tail(plain[2]))
ours = arena.run(["-m", "warmup"] + words + target, directory=program)
arena.equal(ours[0], 0, "exit code (%s)" % arena.tail(ours[2]))
for plain_line, our_line in zip(plain[1].splitlines(), ours[1].splitlines()):
    arena.equal(our_line, plain_line, "a line of the program")
arena.equal(len(ours[1].splitlines()), len(plain[1].splitlines()), "the number of lines")
arena.held()
