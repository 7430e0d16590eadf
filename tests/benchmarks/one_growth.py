"""In a fresh process: what scanning or preloading costs a program with many modules.

    python one_growth.py prepare FOLDER                    copies modules of the standard library into packages there
    python one_growth.py scan|walk|preload FOLDER MODULES  with so many modules loaded

Prints JSON: seconds, the number of modules loaded and of code objects. Copies, because they are real
code; under other names, because then they are other modules; with their compiled files.
"""
from __future__ import absolute_import, division, print_function

import dis
import gc
import json
import os
import shutil
import sys
import time

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import warmup  # noqa: E402
from warmup import _interpreter, _tables  # noqa: E402

PACKAGES = 40
# Not ordinary modules: what acts on the whole process when it is imported under another name.
_NOT_COPIED = {"site", "threading", "os", "sitecustomize", "usercustomize", "warnings", "codecs", "locale", "antigravity"}
_clock = _interpreter.clock


def prepare(folder):
    library = os.path.dirname(os.__file__)
    names = sorted(entry[:-3] for entry in os.listdir(library) if entry.endswith(".py") and entry[0] != "_")
    names = [name for name in names if name not in _NOT_COPIED and _tables.exclusion(name) is None]
    for number in range(PACKAGES):
        package = os.path.join(folder, "grown%02d" % number)
        os.mkdir(package)
        open(os.path.join(package, "__init__.py"), "w").close()
        for name in names:
            source = os.path.join(library, name + ".py")
            shutil.copy2(source, package)  # with its time, so that the compiled file is good for it
            for compiled in _compiled_files(source):
                target = os.path.join(package, os.path.relpath(compiled, library))
                if not os.path.isdir(os.path.dirname(target)):
                    os.makedirs(os.path.dirname(target))
                shutil.copy2(compiled, target)
    sys.path.insert(0, folder)
    good = [name for name in names if _can_be_imported("grown00." + name)]
    with open(os.path.join(folder, "names.json"), "w") as stored:
        json.dump(good, stored)
    return {"copied": len(good)}


def _compiled_files(source):
    if sys.version_info[0] == 2:
        return [source + "c"] if os.path.exists(source + "c") else []
    import importlib.util
    compiled = importlib.util.cache_from_source(source)
    return [compiled] if os.path.exists(compiled) else []


def _can_be_imported(name):
    try:
        __import__(name)
    except BaseException:  # one that belongs to another platform, or exits
        return False
    return True


def grow(folder, modules):
    """Import copies until so many modules are loaded."""
    sys.path.insert(0, folder)
    with open(os.path.join(folder, "names.json")) as stored:
        names = json.load(stored)
    for number in range(PACKAGES):
        for name in names:
            if _loaded() >= modules:
                return
            __import__("grown%02d.%s" % (number, name))
    raise SystemExit("not more than %d modules" % _loaded())


def _loaded():
    return sum(module is not None for module in list(sys.modules.values()))


def scan():
    began = _clock()
    plan = warmup.plan(codecs=())
    return {"seconds": _clock() - began, "targets": len(plan)}


def walk():
    """The same functions, read with what the standard library has for it; ``None`` where it has nothing."""
    if not hasattr(dis, "get_instructions"):
        return {"seconds": None}
    began = _clock()
    imports = sum(instruction.opname == "IMPORT_NAME" for code in code_objects() for instruction in dis.get_instructions(code))
    return {"seconds": _clock() - began, "imports": imports}


def code_objects():
    """Those of all live functions, and the ones inside these, each once."""
    codes = {}
    for function in [item for item in gc.get_objects() if type(item) is _interpreter.Function]:
        waiting = [function.__code__]
        while waiting:
            code = waiting.pop()
            if id(code) not in codes:
                codes[id(code)] = code
                waiting.extend(constant for constant in code.co_consts if type(constant) is _interpreter.Code)
    return list(codes.values())


def preload():
    began = _clock()
    report = warmup.preload(codecs=())
    seconds = _clock() - began
    importing = sum(outcome.seconds for outcome in report.outcomes)
    return {"seconds": seconds, "scanning": seconds - importing, "importing": importing, "brought": len(report.modules)}


def main(what, folder, modules=0):
    if what == "prepare":
        result = prepare(folder)
    else:
        grow(folder, int(modules))
        result = {"modules": _loaded()}
        result.update({"scan": scan, "walk": walk, "preload": preload}[what]())
        if what == "scan":
            result["codes"] = len(code_objects())
    sys.stdout.write("\n" + json.dumps(result) + "\n")
    sys.stdout.flush()
    os._exit(0)  # not through what thousands of copies have registered


if __name__ == "__main__":
    main(*sys.argv[1:])
