"""What is imported early does not change what a program does later."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 18
CASES = (
    "random-numbers-of-forked-children",
    "random-numbers-with-a-function-that-imports-random",
    "random-numbers-of-a-module-that-keeps-random",
    "functions-of-android-and-mac",
    "functions-of-windows",
    "descriptors",
    "descriptors-with-platform",
    "daemon-closes-all-descriptors",
)
DIFFERENT = {
    # 2.7 keeps /dev/urandom open once anything has drawn from it, and looks before each use whether
    # it is still that.
    "descriptors": {"SINCE": (3, 6)},
    "descriptors-with-platform": {"SINCE": (3, 6)},
    # Since 3.7 random seeds itself again in a child.
    "random-numbers-of-forked-children": {"UNTIL": (3, 6), "OPTIONS": ["-S"]},
    "random-numbers-with-a-function-that-imports-random": {"UNTIL": (3, 6), "OPTIONS": ["-S"]},
    "random-numbers-of-a-module-that-keeps-random": {"UNTIL": (3, 6), "OPTIONS": ["-S"]},
}
PART = (
    "random-numbers-of-forked-children",
    "random-numbers-of-a-module-that-keeps-random",
    "functions-of-android-and-mac",
    "descriptors",
)
CASE = arena.case(CASES)


def descriptors():
    return sorted(int(name) for name in os.listdir("/proc/self/fd"))


def child():
    if CASE.endswith("keeps-random"):
        from hostile_tokens import random
    else:
        import random

    return "%r" % [random.random() for _ in range(3)]


def functions(reasons):
    return [reason for reason in reasons if any(name in reason for name in FOREIGN)]


if CASE.startswith("random"):
    if CASE.endswith("random"):

        def late():
            import random  # noqa: F401
            from email.utils import formatdate  # noqa: F401
            from tempfile import mkdtemp  # noqa: F401

            from hostile_tokens import token  # noqa: F401

    import warmup  # noqa: F401

    arena.arranged(not arena.loaded("random"), "random is loaded already")
    tokens = "import email.utils, random, tempfile\ndef token():\n    return random.random()\n"
    arena.folder({"hostile_tokens.py": tokens})
    arena.preload(packages=["hostile_tokens"])
    numbers = [arena.in_child(child) for _ in range(2)]
    arena.expect(numbers[0].startswith("["), numbers[0])
    arena.expect(numbers[0] != numbers[1], "two forked children draw the same numbers: %s" % numbers[0])
elif CASE.startswith("functions"):
    import platform  # noqa: F401
    import subprocess  # noqa: F401
    import uuid  # noqa: F401

    # ntpath is for paths of Windows on every platform: its functions count.
    FOREIGN = (
        ("android_ver", "_mac_ver", "mac_ver", "ios_ver", "_java")
        if "android" in CASE
        else ("win32", "_syscmd_ver", "_ipconfig", "nt.py", "windows", "msvc")
    )
    report = arena.preload(codecs=())
    foreign = ["%s because of %s" % (one.target.name, one.target.reason) for one in report.warmed]
    arena.equal(functions(foreign), [], "warmed")
elif CASE.startswith("descriptors"):
    if not os.path.isdir("/proc/self/fd"):
        arena.does_not_apply("no /proc/self/fd")
    if CASE.endswith("platform"):
        import platform  # noqa: F401
        import uuid  # noqa: F401
    import warmup  # noqa: F401

    before = descriptors()
    arena.preload()
    arena.equal(descriptors(), before, "open descriptors")
else:
    import platform  # noqa: F401

    report = arena.preload()

    def alone():
        reader, writer = os.pipe()
        os.dup2(writer, 1)
        child = os.fork()
        if child == 0:
            os.closerange(3, 1024)
            text = "it failed"
            try:
                # Not by a statement: this function is loaded, and would be the reason to import it.
                ctypes = __import__("".join(("c", "types")))
                kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
                functions = [kind(lambda number: number + 1) for _ in range(20000)]
                text = str([function(number) for number, function in enumerate(functions[-3:])])
            except BaseException as error:
                text = arena.described(error)
            finally:
                os.write(1, text.encode("ascii"))
                os._exit(0)
        end = os.waitpid(child, 0)[1]
        os.dup2(2, 1)
        os.close(writer)
        text = os.read(reader, 4096).decode("ascii")
        return text if end == 0 else "it died of %s" % end

    arena.equal(str(alone()), "[1, 2, 3]", "what ctypes does in a child that has closed all descriptors")
arena.held()
