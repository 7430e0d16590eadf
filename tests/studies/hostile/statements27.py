"""Execute generated import statements on Python 2.7, and print what each did.

``statements27.py FOLDER plain|warm SEED COUNT``: ``warm`` serves imports without the lock,
``plain`` does not. Both have the same modules loaded, so that the two outputs are equal line by
line.
"""

from __future__ import absolute_import, division, print_function

import json
import os
import random
import sys
import warnings

FILES = {
    "top.py": "value = 1\n",
    "pkg/__init__.py": "attribute = 2\n",
    "pkg/mod.py": "value = 3\n",
    "pkg/json.py": "own = 'the json of the package'\n",
    "pkg/late.py": "value = 4\n",
    "pkg/broken.py": "raise RuntimeError('broken')\n",
    "pkg/lacks.py": "import nowhere_at_all\n",
    "pkg/sub/__init__.py": "__all__ = ['mod', 'value']\nvalue = 5\n",
    "pkg/sub/mod.py": "value = 6\n",
    "pkg/sub/os.py": "own = 'the os of the package'\n",
    "starred/__init__.py": "__all__ = ['one', 'missing']\none = 1\n",
}
NAMES = (
    "os os.path sys json json.decoder email email.message xml.dom xml.dom.minidom logging top "
    "pkg pkg.mod pkg.late pkg.json pkg.broken pkg.lacks pkg.sub pkg.sub.mod starred mod late "
    "sub sub.mod broken lacks nowhere nowhere.below os.nowhere pkg.nowhere json.nowhere "
    "sub.nowhere calendar sched "
).split()
FROM = ["path", "value", "mod", "attribute", "own", "nowhere", "json", "sub", "os", "decoder", "late", "sep", "dumps"]


class Text(str):
    """Stand for text that is no plain ``str``."""


UNICODE = [name.decode("ascii") for name in (b"os", b"pkg.mod", b"json.decoder")]
MODULES = ("t __main__ pkg pkg.mod pkg.sub pkg.sub.mod top nowhere nowhere.at.all os json email.message").split() + [
    "",
    b"pkg.mod".decode("ascii"),
    b"t".decode("ascii"),
    Text("pkg.mod"),
    3,
    None,
    [],
    {},
]
PACKAGES = ["pkg", "pkg.sub", "nowhere", "", None, b"pkg".decode("ascii"), Text("pkg"), 3, []]
PACKAGES += ["os", "pkg.mod", "pkg."]
MISSING = object()


def statement(dice):
    """Return the source of one import statement."""
    kind = dice.randrange(8)
    name = dice.choice(NAMES)
    names = ", ".join(dice.sample(FROM, dice.choice([1, 1, 2])))
    if kind < 3:
        return "import " + name
    if kind == 3:
        return "import %s as alias" % name
    if kind == 4:
        return "from %s import %s" % (name, names)
    if kind == 5:
        return "from %s import *" % dice.choice(["starred", "os.path", "pkg.sub", "pkg", "top", "nowhere", name])
    dots = "." * dice.choice([1, 1, 1, 2, 2, 3])
    return "from %s%s import %s" % (dots, dice.choice(["", "mod", "sub", "sub.mod", "json", "nowhere"]), names)


def call(dice):
    """Return arguments for a call of ``__import__``."""
    arguments = [dice.choice(NAMES + ["", 3, None, Text("json"), "os.", ".os"] + UNICODE)]
    fromlist = dice.choice([None, (), [], ["path"], ["value", "mod"], ["*"], [""], [3], "path", ("nowhere",), ["json"]])
    return arguments + [
        dice.choice([None, {}, MISSING, MISSING, MISSING]),
        None,
        fromlist,
        dice.choice([-1, 0, 1, 2, -2]),
    ]


def namespace(dice):
    """Return globals for a statement."""
    own = {"__builtins__": __builtins__}
    name, package = dice.choice(MODULES), dice.choice(PACKAGES)
    if not isinstance(name, str) and package in ("nowhere", "pkg."):
        package = "pkg"  # else Python warns, and the warning itself fails for want of a name
    if dice.random() < 0.9:
        own["__name__"] = name
    if dice.random() < 0.45:
        own["__package__"] = package
    if dice.random() < 0.25:
        own["__path__"] = dice.choice([["nowhere"], None, []])
    return own


def shown(value):
    if isinstance(value, type(sys)):
        return "module %s %s" % (value.__name__, sys.modules.get(value.__name__) is value)
    if isinstance(value, (int, str, type(b"".decode("ascii")), type(None))):
        return repr(value)
    return type(value).__name__


def execute(dice):
    """Execute one statement or call. Return what it was, and what it did."""
    own, warned = namespace(dice), []
    before = dict(own)
    source = statement(dice) if dice.random() < 0.8 else None
    arguments = call(dice)
    warnings.showwarning = lambda message, category, *more, **options: warned.append((category.__name__, str(message)))
    result = None
    try:
        if source is not None:
            exec(compile(source, "generated", "exec", 0, True), own)
        else:
            if arguments[1] is MISSING:
                arguments[1] = own
            result = __import__(*arguments)
    except Exception as error:
        result = "%s: %s" % (type(error).__name__, error)
    did = {
        "result": result if isinstance(result, str) else shown(result),
        "bound": sorted(
            (name, shown(value)) for name, value in own.items() if name not in before and name != "__warningregistry__"
        ),
        "package": shown(own["__package__"]) if "__package__" in own else "missing",
        "warned": warned,
    }
    what = [source or repr(arguments[:1] + arguments[2:]), shown(before.get("__name__", "missing"))]
    what += [shown(before["__package__"]) if "__package__" in before else "missing", "__path__" in before]
    return what, did


def main(folder, kind, seed, count):
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "w") as stream:
            stream.write(text)
    sys.path.insert(0, folder)
    for name in ("email.message", "xml.dom.minidom", "logging", "pkg.mod", "pkg.sub.mod", "top", "starred"):
        __import__(name)
    import warmup

    warmup.preload(codecs=(), lock_free_import=kind == "warm")
    warnings.simplefilter("always")
    dice = random.Random(seed)
    for _ in range(count):
        print(json.dumps(execute(dice), sort_keys=True))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
