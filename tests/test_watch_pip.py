"""``watch("raise")`` as a seal, as pip has one of its own: nothing is imported once an installation has begun."""
from __future__ import absolute_import, division, print_function

import base64
import hashlib
import io
import os
import shutil
import sys
import tempfile
import unittest
import zipfile

from tests.support import fresh

SOURCE = u"""
import os, sys
import pip
from pip._internal.cli.main import main
import warmup
from warmup._watch import watch

target, wheel = sys.argv[1:]
arguments = ["install", "--quiet", "--no-index", "--no-deps", "--no-input", "--disable-pip-version-check",
             "--root-user-action=ignore", "--target", target]
from pip._internal.commands.install import InstallCommand  # what the command imports before it installs anything
report = warmup.preload(packages=["pip"])
with watch("raise") as seen:
    code = main(arguments + [wheel])
print("code", code)
for late in seen.late:
    print(late.name, late.error, late.asker)
assert not [late for late in seen.late if late.error.startswith("LateImportError")], seen
"""


def reason_to_skip():
    if sys.version_info < (3, 9):
        return "pip's newest release does not support this version"
    try:
        import pip

        if int(pip.__version__.partition(".")[0]) < 23:
            return "no recent pip here"
    except ImportError:
        return "no pip here"
    try:
        from warmup import preload  # noqa: F401
    except ImportError:
        return "there is no preload() yet"
    return None


def write_wheel(folder, name, files):
    """Write a wheel of ``files``, a dictionary of text; return its path."""
    info = "%s-1.0.dist-info/" % name
    files = dict(files)
    files[info + "METADATA"] = u"Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n" % name
    files[info + "WHEEL"] = u"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = u""
    path = os.path.join(folder, "%s-1.0-py3-none-any.whl" % name)
    with zipfile.ZipFile(path, "w") as wheel:
        for file_name, text in sorted(files.items()):
            data = text.encode("utf-8")
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode("ascii").rstrip("=")
            record += u"%s,sha256=%s,%d\n" % (file_name, digest, len(data))
            wheel.writestr(file_name, data)
        wheel.writestr(info + "RECORD", record + info + "RECORD,,\n")
    return path


REASON = reason_to_skip()


@unittest.skipIf(REASON, REASON)
class Install(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def install(self, files):
        wheel = write_wheel(self.folder, "sealed", files)
        target = os.path.join(self.folder, "target")
        program = os.path.join(self.folder, "program.py")
        with io.open(program, "w") as stream:
            stream.write(SOURCE)
        # The folder that is installed into is on the path: an import after the installation would find what it holds.
        return target, fresh.call([program, target, wheel],
                                  environment={"PYTHONPATH": os.pathsep.join([target, fresh.ROOT])})

    def test_needs_no_late_import(self):
        target, result = self.install({"sealed.py": u"value = 1\n"})
        self.assertEqual(result.code, 0, result)
        self.assertIn("code 0", result.out)
        self.assertTrue(os.path.exists(os.path.join(target, "sealed.py")))

    def test_does_not_run_what_shadows_a_module(self):
        files = {name + ".py": u"print('the wheel has run')\n" for name in ("sealed", "sched", "readline", "colorsys")}
        target, result = self.install(files)
        self.assertEqual(result.code, 0, result)
        self.assertIn("code 0", result.out)
        self.assertNotIn("has run", result.out)


if __name__ == "__main__":
    unittest.main()
