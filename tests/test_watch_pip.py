"""Test ``watch("raise")`` as a seal for pip: nothing is imported after an installation has begun."""

from __future__ import absolute_import, division, print_function

import base64
import hashlib
import io
import os
import sys
import unittest
import zipfile

from tests.support import fresh
from tests.support.folder import FolderTest

SOURCE = u"""
import contextlib, sys
from pip._internal.cli.main import main
from pip._internal.commands import install
import warmup

target, wheel, how = sys.argv[1:]  # how: warm; cold: without preload(); unsealed: a watch that refuses nothing
watches = []

@contextlib.contextmanager
def seal(**options):
    watches.append(warmup.watch("record" if how == "unsealed" else "raise"))  # until the process ends
    yield

if hasattr(install, "_prevent_further_imports"):
    # In the place of pip's own seal and of its list. What pip does without a list stays: it uses tables of rich, whose
    # modules have computed names.
    install._prevent_further_imports = seal
    eagerly = install._eagerly_import_modules
    install._eagerly_import_modules = lambda names: eagerly(())
else:
    before = install.install_given_reqs
    def install_given_reqs(*arguments, **keywords):
        with seal():
            return before(*arguments, **keywords)
    install.install_given_reqs = install_given_reqs

if how == "warm":
    warmup.preload(packages=["pip"])
code = main(["install", "--no-index", "--no-deps", "--no-input", "--disable-pip-version-check",
             "--root-user-action=ignore", "--target", target, wheel])
seen, = watches
seen_late = seen.late  # during the installation
try:
    import sched
except ImportError as error:
    print("refused", type(error).__name__)
print("code", code)
for late in seen_late:
    print("late", late.name, late.error, late.asker)
if how == "warm":
    assert not [late for late in seen_late if not late.error or late.error.startswith("LateImportError")], seen
"""


def reason_to_skip():
    if sys.version_info < (3, 10):
        return "there pip asks distutils for its folders, which is never derived"
    try:
        import pip

        if int(pip.__version__.partition(".")[0]) < 23:
            return "pip is older than 23: python -m pip install -r tests/requirements.txt"
    except ImportError:
        return "pip is not installed: python -m ensurepip, and python -m pip install -r tests/requirements.txt"
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
class Install(FolderTest):
    def install(self, files, how="warm"):
        wheel = write_wheel(self.folder, "sealed", files)
        target = os.path.join(self.folder, "target-" + how)
        os.mkdir(target)  # else Python notes at its start that it has no such folder on its path
        program = os.path.join(self.folder, "program.py")
        with io.open(program, "w") as stream:
            stream.write(SOURCE)
        # The folder that is installed into is on the path: an import after the installation would find what it holds.
        return target, fresh.call(
            [program, target, wheel, how], environment={"PYTHONPATH": os.pathsep.join([target, fresh.ROOT])}
        )

    def test_needs_no_late_import(self):
        target, result = self.install({"sealed.py": u"value = 1\n"})
        self.assertEqual(result.code, 0, result)
        self.assertIn("code 0", result.out)
        self.assertTrue(os.path.exists(os.path.join(target, "sealed.py")))

    def test_is_refused_without_preload(self):
        from pip._internal.commands import install

        if not hasattr(install, "_prevent_further_imports"):
            self.skipTest("this pip has loaded all that it needs: python -m pip install -r tests/requirements.txt")
        target, result = self.install({"sealed.py": u"value = 1\n"}, "cold")
        self.assertNotIn("code 0", result.out)
        self.assertIn(" LateImportError: ", result.out)
        self.assertFalse(os.path.exists(os.path.join(target, "sealed.py")))

    def test_does_not_run_what_shadows_a_module(self):
        files = {name + ".py": u"print('the wheel has run')\n" for name in ("sealed", "sched", "readline", "colorsys")}
        for how, is_run in (("warm", False), ("unsealed", True)):
            _, result = self.install(files, how)
            self.assertEqual(result.code, 0, result)
            self.assertIn("code 0", result.out)
            self.assertEqual(("has run" in result.out, "refused LateImportError" in result.out), (is_run, not is_run))
