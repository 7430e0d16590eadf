"""Test that ``python -m warmup site`` changes only its files in a virtual environment, and says what it did."""

from __future__ import absolute_import, division, print_function

import os
import shutil
import sys
import tempfile
import unittest

from tests.support import process

_IS_WARM = "import sys; print({'_strptime', 'encodings.idna'}.issubset(sys.modules))"


def _run(python, *arguments, **environment):
    """Return the exit code and what was printed."""
    variables = process.variables("PYTHON", "WARMUP", PYTHONPATH=process.ROOT, **environment)
    result = process.run([python] + list(arguments), variables)
    return result.code, (result.out + result.err).strip()


class Site(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="warmup-site-")
        maker = ["-m", "venv", "--without-pip"] if sys.version_info[0] > 2 else ["-m", "virtualenv", "--no-download"]
        code, printed = _run(sys.executable, *maker + [cls.folder])
        if code:
            shutil.rmtree(cls.folder)
            raise unittest.SkipTest(
                "no virtual environment can be made: python -m pip install -r tests/requirements.txt"
            )
        cls.python = os.path.join(cls.folder, "Scripts" if os.name == "nt" else "bin", "python")
        cls.python += ".exe" * (os.name == "nt")
        cls.packages = _run(cls.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")[1]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        names = ["_warmup_start.py", "warmup-start.start"] if sys.version_info >= (3, 15) else ["warmup-start.pth"]
        self.paths = [os.path.join(self.packages, name) for name in names]
        self.site("--remove")
        self.before = self.files()

    def site(self, option):
        return _run(self.python, "-m", "warmup", "site", option)

    def files(self):
        return sorted(
            os.path.join(folder, name)
            for folder, _, names in os.walk(self.folder)
            for name in names
            if not name.endswith(".pyc")
        )

    def test_installed_every_start_is_warm(self):
        self.assertEqual(_run(self.python, "-c", _IS_WARM), (0, "False"))
        code, printed = self.site("--install")
        self.assertEqual(code, 0, printed)
        self.assertIn("Written: " + ", ".join(self.paths), printed)
        self.assertEqual(_run(self.python, "-c", _IS_WARM), (0, "True"))

    def test_the_environment_variable_switches_it_off(self):
        self.site("--install")
        for word in ("off", " Off ", "0", "no", "FALSE"):
            self.assertEqual(_run(self.python, "-c", _IS_WARM, WARMUP=word), (0, "False"), word)
        for word in ("on", "1", ""):
            self.assertEqual(_run(self.python, "-c", _IS_WARM, WARMUP=word), (0, "True"), word)

    def test_install_writes_files_and_remove_deletes_them(self):
        self.site("--install")
        self.assertEqual(sorted(set(self.files()).difference(self.before)), self.paths)
        self.assertEqual(self.site("--remove"), (0, "\n".join("Removed: " + path for path in self.paths)))
        self.assertEqual(self.files(), self.before)

    def test_nothing_that_was_compiled_from_them_stays(self):
        cache = os.path.join(self.packages, "__pycache__")
        before = os.path.isdir(cache) and os.listdir(cache)
        self.site("--install")
        for options in ([], ["-O"]):
            environment = process.variables("PYTHONDONTWRITEBYTECODE")
            self.assertEqual(process.run([self.python] + options + ["-c", ""], environment).code, 0)
        if sys.version_info >= (3, 15):
            self.assertEqual(len(os.listdir(cache)), 2 + len(before or ()))
        self.site("--remove")
        self.assertEqual(os.path.isdir(cache) and os.listdir(cache), before)

    def test_a_second_time_changes_nothing_and_says_so(self):
        self.site("--install")
        self.assertEqual(self.site("--install"), (0, "Already there: " + ", ".join(self.paths)))
        self.site("--remove")
        self.assertEqual(self.site("--remove"), (0, "Nothing to remove in " + self.packages))

    def test_an_empty_file_that_a_full_disk_has_made_is_removed(self):
        open(self.paths[-1], "w").close()
        self.assertIn("Removed: " + self.paths[-1], self.site("--remove")[1])
        self.assertEqual(self.files(), self.before)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no full device")
    def test_files_are_removed_also_where_standard_output_takes_nothing(self):
        self.site("--install")
        command = "'%s' -m warmup site --remove >/dev/full" % self.python
        code, printed = _run("/bin/sh", "-c", command, PYTHONUNBUFFERED="1")
        self.assertEqual((code, self.files()), (2, self.before), printed)
        self.assertNotIn("cannot be changed", printed)

    def test_folders_are_shown_where_standard_output_lacks_their_letters(self):
        folder = tempfile.mkdtemp(prefix="warmup-site-")
        self.addCleanup(shutil.rmtree, folder)
        python = os.path.join(folder, u"\u65e5" if str is not bytes else b"\xe6\x97\xa5")
        try:
            os.symlink(self.folder, python)
        except UnicodeError:
            self.skipTest("the file system takes no such name")
        for option in ("--install", "--remove"):
            code, printed = _run(
                os.path.join(python, "bin", "python"), "-m", "warmup", "site", option, PYTHONIOENCODING="ascii:strict"
            )
            self.assertEqual(code, 0, printed)
        self.assertEqual(self.files(), self.before)

    def test_a_file_of_another_origin_stays(self):
        with open(self.paths[0], "w") as stream:
            stream.write("import sys\n")
        try:
            for option in ("--install", "--remove"):
                code, printed = self.site(option)
                self.assertEqual(code, 2)
                self.assertIn("was not written by this command: move it away", printed)
            with open(self.paths[0]) as stream:
                self.assertEqual(stream.read(), "import sys\n")
        finally:
            os.remove(self.paths[0])

    def test_outside_a_virtual_environment_it_refuses(self):
        python = _run(
            self.python,
            "-c",
            "import sys, os; print(os.path.join(getattr(sys, 'base_prefix', sys.prefix), "
            "'bin', 'python%d.%d' % sys.version_info[:2]))",
        )[1]
        if not os.path.exists(python):
            self.skipTest("there is no " + python)
        code, printed = _run(python, "-m", "warmup", "site", "--install")
        self.assertEqual(code, 2)
        self.assertIn("belongs to no virtual environment", printed)
