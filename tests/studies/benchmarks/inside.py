"""In a fresh process: do one of the things that are compared, and print what it cost, as JSON.

    python inside.py WHAT ARGUMENT...    WHAT: a function below

With BENCHMARKS_TIMED=no all but the timed part is done: whoever counts instructions subtracts that. ``program`` is the
name of a module that is imported before, ``-`` for none; ``stored``: the file that `record` has written.
"""

from __future__ import absolute_import, division, print_function

import gc
import os
import sys
import time

del sys.path[0]  # this folder, whose modules would hide others

_TIMED = os.environ.get("BENCHMARKS_TIMED") != "no"
_clock = getattr(time, "perf_counter", time.time)


def timed(action, *arguments):
    """Return what ``action`` returned, and a dictionary: its seconds, and by how many bytes the resident memory grew, now
    and at most.
    """
    before, began, result = _memory(), _clock(), None
    if _TIMED:
        result = action(*arguments)
    seconds, after = _clock() - began, _memory()
    return result, dict({what: after[what] - before[what] for what in after}, seconds=seconds)


def _memory():
    with open("/proc/self/status") as status:
        sizes = dict(line.split(":", 1) for line in status)
    return {
        what: 1024 * int(sizes[name].split()[0])
        for what, name in (("resident", "VmRSS"), ("peak", "VmHWM"))
    }


def _load(program):
    """Import the program, and the package, which what it is compared with is not to be faster without."""
    if program != "-":
        __import__(program)
    __import__("warmup")


def _loaded():
    return {name for name, module in list(sys.modules.items()) if module is not None}


# --- preloading, and what it consists of


def record(program, stored):
    """Preload, and write down what was imported and looked up, and the files that it came from."""
    _load(program)
    import warmup

    count = len(_loaded())
    report = warmup.preload()
    rows = [("module", name) for name in report.modules if sys.modules.get(name) is not None]
    for outcome in report.warmed:
        if outcome.target.kind == "codec":
            rows.extend(("spelling", spelling) for spelling in _spellings(outcome.target.name))
    for name in report.modules:
        module = sys.modules.get(name)
        path = getattr(getattr(module, "__spec__", None), "cached", None) or getattr(
            module, "__file__", None
        )
        if path and os.path.exists(path):
            rows.append(("file", path))
    with open(stored, "w") as stream:
        stream.writelines("%s %s\n" % row for row in rows)
    return {"loaded": count}


def _spellings(name):
    """Return the spellings of a codec that preloading looks up."""
    from warmup._sources import codec

    return codec._spellings(name) if sys.version_info[0] == 2 else [name]


def _recorded(stored, kind):
    with open(stored) as stream:
        return [
            line.rstrip("\n").partition(" ")[2] for line in stream if line.startswith(kind + " ")
        ]


def preload(program):
    _load(program)
    import warmup

    report, result = timed(warmup.preload)
    if report:
        codecs = sum(
            outcome.seconds for outcome in report.outcomes if outcome.target.kind == "codec"
        )
        others = sum(outcome.seconds for outcome in report.outcomes) - codecs
        result.update(
            codecs=codecs,
            importing=others,
            finding=result["seconds"] - codecs - others,
            modules=len(report.modules),
        )
    return result


def bare(program, stored, ahead="not"):
    """Import and look up the same. ``ahead``: how the files are read before, see `_AHEAD`."""
    _load(program)
    from codecs import lookup

    names, spellings, files = (_recorded(stored, kind) for kind in ("module", "spelling", "file"))

    def import_all():
        _AHEAD[ahead](files)
        for name in names:
            __import__(name)
        for spelling in spellings:
            lookup(spelling)

    return timed(import_all)[1]


def _advise(files):
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_WILLNEED)
        os.close(descriptor)


def _read(files):
    for path in files:
        with open(path, "rb", 0) as stream:
            stream.read()


def _read_in_thread(files):
    try:
        from _thread import start_new_thread
    except ImportError:
        from thread import start_new_thread
    start_new_thread(_read, (files,))


_AHEAD = {"not": lambda files: None, "advised": _advise, "read": _read, "thread": _read_in_thread}


def everything(program):
    """Import all of the standard library that is not excluded from preloading."""
    _load(program)
    names = _whole_library()
    loaded = len(_loaded())
    result = timed(_import_those, names)[1]
    return dict(result, modules=len(_loaded()) - loaded)


def _whole_library():
    from warmup._python.library import Library

    # Those that run as scripts are no part of a library, and some of them run when they are imported.
    return sorted(name for name in Library().names if not name.endswith("__main__"))


def _import_those(names):
    for name in names:
        try:
            __import__(name)
        except BaseException:  # another platform's, or one that exits
            pass


def twice():
    import warmup

    first, second = timed(warmup.preload)[1], timed(warmup.preload)[1]
    return {"first": first["seconds"], "second": second["seconds"]}


# --- the steady state

_TIMES, _REPEATS = 2000, 60  # of the repeats the fastest counts: the others were disturbed


def steady(statement, package, how):
    """A loop of ``statement`` that was executed once before, and after preloading; ``how``: only one of them, or both.

    It is in a module of ``package``; ``-``: of none; ``absolute``: with no implicit relative imports.
    """
    namespace = {"__name__": "steady", "time": time}
    if package not in ("-", "absolute"):
        __import__(package)
        namespace["__name__"] = package + ".steady"
    flags = absolute_import.compiler_flag if package == "absolute" else 0
    source = "def loop(times):\n    for _ in times:\n        %s\n" % statement
    exec(compile(source, "steady", "exec", flags, True), namespace)
    loop, result = namespace["loop"], {}
    loop([1])
    if how != "after":
        result["before"] = _fastest(loop)
    if how != "before":
        import warmup

        warmup.preload()
        loop([1])
        result["after"] = _fastest(loop)
    return result


def _fastest(loop):
    return min(timed(loop, [None] * _TIMES)[1]["seconds"] for _ in range(_REPEATS)) / _TIMES


# --- many modules

_PACKAGES = 40
# Not ordinary modules: what acts on the whole process when it is imported under another name.
_NOT_COPIED = {
    "antigravity",
    "codecs",
    "locale",
    "os",
    "site",
    "sitecustomize",
    "threading",
    "usercustomize",
    "warnings",
}


def prepare(folder):
    """Copies of modules of the standard library: they are real code, and under other names they are other modules."""
    import shutil

    from warmup._python.library import EXCLUDED

    library = os.path.dirname(os.__file__)
    names = sorted(
        entry[:-3] for entry in os.listdir(library) if entry.endswith(".py") and entry[0] != "_"
    )
    names = [name for name in names if name not in _NOT_COPIED and name not in EXCLUDED]
    for number in range(_PACKAGES):
        package = os.path.join(folder, "grown%02d" % number)
        os.makedirs(os.path.join(package, "__pycache__"))
        open(os.path.join(package, "__init__.py"), "w").close()
        for name in names:
            source = os.path.join(library, name + ".py")
            for path in (source, _compiled(source)):
                if os.path.exists(
                    path
                ):  # with its time, so that the compiled file is good for the source
                    shutil.copy2(path, os.path.join(package, os.path.relpath(path, library)))
    sys.path.insert(0, folder)
    loadable = []
    for name in names:
        _import_those(["grown00." + name])
        if "grown00." + name in sys.modules:  # else one that belongs to another platform
            loadable.append(name)
    with open(os.path.join(folder, "names"), "w") as stream:
        stream.write(" ".join(loadable))
    return {"copied": len(loadable)}


def _compiled(source):
    if sys.version_info[0] == 2:
        return source + "c"
    import importlib.util

    return importlib.util.cache_from_source(source)


def grown(what, folder, count):
    """``scan``, ``walk`` or ``preload`` with so many modules loaded."""
    sys.path.insert(0, folder)
    with open(os.path.join(folder, "names")) as stream:
        names = stream.read().split()
    import warmup

    for name in ("grown%02d.%s" % (number, name) for number in range(_PACKAGES) for name in names):
        if len(_loaded()) >= int(count):
            break
        __import__(name)
    loaded, codes = len(_loaded()), len(_code_objects())
    action = {"scan": _scan, "walk": _walk, "preload": lambda: warmup.preload(codecs=())}[what]
    value, result = timed(action)
    result.update(loaded=loaded, codes=codes)
    if what == "preload":
        result["importing"] = sum(outcome.seconds for outcome in value.outcomes)
        result["finding"] = result["seconds"] - result["importing"]
    return result


def _scan():
    """Find what the functions of this process would import late, and import nothing."""
    from warmup._preload import memory
    from warmup._python.library import Rules
    from warmup._sources.function import FunctionSource

    return FunctionSource((), memory.library).find(Rules(memory))


def _walk():
    """The same functions, read with what the standard library has for it."""
    import dis

    return sum(
        instruction.opname == "IMPORT_NAME"
        for code in _code_objects()
        for instruction in dis.get_instructions(code)
    )


def _code_objects():
    """Those of all live functions, and the ones inside these, each once."""
    function_type, codes = type(lambda: None), {}
    for function in [item for item in gc.get_objects() if type(item) is function_type]:
        waiting = [function.__code__]
        while waiting:
            code = waiting.pop()
            if id(code) not in codes:
                codes[id(code)] = code
                waiting.extend(
                    constant for constant in code.co_consts if type(constant) is type(code)
                )
    return list(codes.values())


# --- what else people do


def _preload(names):
    import warmup

    warmup.preload()


def _all_encodings(names):
    import encodings
    import pkgutil

    _import_those(name for _, name, _ in pkgutil.iter_modules(encodings.__path__, "encodings."))


def _preimport(names):
    from preimport import preimport

    preimport(names)


_RIVALS = {
    "preload": _preload,
    "encodings": _all_encodings,
    "everything": _import_those,
    "preimport": _preimport,
}


def rival(what, program, stored):
    """Do it once the program is loaded; then let it answer a request, and return how many standard modules that loads."""
    if what == "gunicorn":
        return _in_gunicorn(program)
    use = __import__(program, fromlist=["use"]).use
    if what == "nothing":
        return {"seconds": 0, "resident": 0, "late": _late(use)}
    names = _whole_library() if what == "everything" else _recorded(stored, "module")
    return dict(timed(_RIVALS[what], names)[1], late=_late(use))


def _late(use):
    before = _loaded()
    use()
    after = _loaded()
    from warmup._preload import memory

    return sum(map(memory.library.has, after - before))


def _in_gunicorn(program):
    """Loaded by the master; the worker answers a request. Beyond loading the program, that costs nothing."""
    from gunicorn.app.base import BaseApplication

    class Host(BaseApplication):
        def load_config(self):
            for name, value in (
                ("preload_app", True),
                ("bind", "127.0.0.1:0"),
                ("post_worker_init", answer),
            ):
                self.cfg.set(name, value)

        def load(self):
            return __import__(program, fromlist=["application"]).application

    def answer(worker):
        show({"seconds": 0, "resident": 0, "late": _late(sys.modules[program].use)})
        os.kill(os.getppid(), signal.SIGTERM)

    import signal

    Host().run()


# --- output

_output = os.dup(1)
_nothing = os.open(os.devnull, os.O_WRONLY)
os.dup2(_nothing, 1)  # some modules print when they are imported


def show(result):
    import json

    os.write(_output, json.dumps(result).encode("ascii") + b"\n")


if __name__ == "__main__":
    show(globals()[sys.argv[1]](*sys.argv[2:]))
    os._exit(0)  # not through the exit handlers of a whole library
