"""Test that variables and flags are read by the rows of the options, and that their values are checked."""

from __future__ import absolute_import, division, print_function

import sys
import unittest

from warmup import _settings
from warmup._values import ArgumentError


class Switches(unittest.TestCase):

    def test_are_read_from_words_in_any_case(self):
        for word, value in (
            ("1", True),
            ("on", True),
            ("yes", True),
            ("true", True),
            ("0", False),
            ("off", False),
            ("no", False),
            ("false", False),
        ):
            for text in (word, word.upper(), word.title(), " %s\n" % word):
                self.assertIs(_settings.read_switch(text), value)

    def test_are_nothing_else(self):
        for text in ("", "2", "y", "t", "maybe", "none", "on off"):
            self.assertRaises(ValueError, _settings.read_switch, text)


class TheEnvironment(unittest.TestCase):

    def test_gives_keywords(self):
        options, problems = _settings.from_environment(
            {
                "WARMUP_MODULES": " a, b.c,,",
                "WARMUP_PACKAGES": "*",
                "WARMUP_EXCLUDE": "d",
                "WARMUP_CODECS": "idna",
                "WARMUP_MANIFEST": "file, with a comma",
                "WARMUP_SCAN": "No",
                "WARMUP_STRICT": "on",
                "WARMUP_LOCK_FREE_IMPORT": "false",
                "HOME": "/",
            }
        )
        self.assertEqual(problems, [])
        self.assertEqual(
            options,
            {
                "modules": ["a", "b.c"],
                "packages": ["*"],
                "exclude": ["d"],
                "codecs": ["idna"],
                "manifest": "file, with a comma",
                "scan": False,
                "strict": True,
                "lock_free_import": False,
            },
        )

    def test_has_no_space_around_the_path_of_a_file(self):
        self.assertEqual(
            _settings.from_environment({"WARMUP_MANIFEST": " late file.txt\n"}), ({"manifest": "late file.txt"}, [])
        )

    def test_takes_all_and_none_for_codecs(self):
        for text, value in (("all", None), ("ALL", None), ("none", []), (" None ", [])):
            self.assertEqual(_settings.from_environment({"WARMUP_CODECS": text}), ({"codecs": value}, []))

    def test_asks_for_all_codecs_only_with_a_scan(self):
        options, problems = _settings.from_environment({"WARMUP_CODECS": "all", "WARMUP_SCAN": "no"})
        self.assertEqual((options, len(problems)), ({"scan": False}, 1))
        self.assertIn("WARMUP_CODECS: all contradicts", str(problems[0]))

    def test_with_no_names_or_with_two_meanings_for_codecs_is_a_problem(self):
        for text in (",", "all,utf-8", "none, all"):
            options, problems = _settings.from_environment({"WARMUP_CODECS": text})
            self.assertEqual((options, len(problems)), ({}, 1), text)
            self.assertIn("all alone", str(problems[0]))

    def test_is_not_read_where_a_variable_is_empty(self):
        for option in _settings.OPTIONS:
            for text in ("", " "):
                self.assertEqual(_settings.from_environment({option.variable: text}), ({}, []))

    def test_with_a_wrong_value_is_a_problem_that_names_the_variable(self):
        options, problems = _settings.from_environment({"WARMUP_SCAN": "maybe", "WARMUP_MODULES": "a"})
        self.assertEqual(options, {"modules": ["a"]})
        self.assertEqual([type(problem) for problem in problems], [ArgumentError])
        self.assertTrue(str(problems[0]).startswith("WARMUP_SCAN: "))

    def test_with_an_unknown_variable_gives_the_nearest_known_one(self):
        sentences = _settings.unknown_variables(
            dict.fromkeys(
                ["WARMUP_MODUELS", "WARMUP_CODEC", "WARMUP_GUARD", "WARMUP_NAMED_ONLY", "WARMUPS", "MY_WARMUP_X"], ""
            )
        )
        self.assertEqual(len(sentences), 4)
        for sentence, (wrong, right) in zip(
            sentences,
            (
                ("WARMUP_CODEC", "WARMUP_CODECS"),
                ("WARMUP_GUARD", "WARMUP_GUARD_FORK"),
                ("WARMUP_MODUELS", "WARMUP_MODULES"),
                ("WARMUP_NAMED_ONLY", "WARMUP_"),
            ),
        ):
            self.assertIn(wrong + ";", sentence)
            self.assertIn("the nearest is " + right, sentence)

    def test_knows_its_own_variables(self):
        names = [option.variable for option in _settings.OPTIONS] + [name for name, _ in _settings.VARIABLES]
        self.assertEqual(_settings.unknown_variables(dict.fromkeys(names, "x")), [])


class Rows(unittest.TestCase):

    def test_have_one_name_everywhere(self):
        for option in _settings.OPTIONS:
            self.assertEqual(option.variable, "WARMUP_" + option.keyword.upper())
            words = option.keyword.replace("_", "-")
            self.assertEqual(option.flag, "--no-" + words if option.default is True else "--" + words)

    def test_have_help_of_one_line(self):
        for option in _settings.OPTIONS:
            self.assertLess(len(option.help), 80)
            self.assertNotIn("\n", option.help)
            self.assertEqual(option.help[0], option.help[0].lower())

    def test_take_their_own_default(self):
        for option in _settings.OPTIONS:
            default = list(option.default) if isinstance(option.default, tuple) else option.default
            self.assertEqual(option.check(option.default), default)

    def test_sort_the_names_of_a_set(self):
        names = ["sched", "netrc", "calendar", "quopri", "colorsys", "cmd"]
        for option in _settings.OPTIONS[:2]:
            self.assertEqual(option.check(set(names)), sorted(names))
            self.assertEqual(option.check(names), names)

    @unittest.skipIf(sys.version_info < (3, 4), "enumerations are new in 3.4")
    def test_take_the_text_of_a_member_of_an_enumeration(self):
        import enum

        members = enum.Enum("Names", {"LATE": "sched"}, type=str)
        names = _settings.Settings({"modules": [members.LATE]}).modules
        self.assertEqual((names, type(names[0])), (["sched"], str))

    def test_take_a_path_for_a_file(self):
        class Path(object):
            def __fspath__(self):
                return "here"

        (option,) = [option for option in _settings.OPTIONS if option.shape == _settings.FILE]
        self.assertEqual(option.check(Path()), "here")
