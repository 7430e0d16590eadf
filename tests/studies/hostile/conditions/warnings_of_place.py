"""preload() warns where threads matter, names them, and says nothing where they do not."""

from __future__ import absolute_import, division, print_function

import sys
import threading
import warnings

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 21
CASES = (
    "beside-an-idle-thread",
    "beside-a-busy-thread",
    "beside-a-thread-with-a-loop",
    "beside-a-thread-that-imports",
    "beside-a-thread-inside-a-finder",
    "beside-a-thread-that-imports-once-only",
    "beside-a-thread-that-has-imported",
    "before-gevent-patches",
    "after-gevent-has-patched",
    "recipe-of-uvicorn",
)
DIFFERENT = {"recipe-of-uvicorn": {"SINCE": (3, 7)}, "beside-a-thread-with-a-loop": {"SINCE": (3, 7)}}
PART = ("beside-an-idle-thread", "beside-a-thread-that-imports", "before-gevent-patches")
CASE = arena.case(CASES)

begun, go_on = threading.Event(), threading.Event()
arena.folder(
    {"hostile_slow.py": "import sys\n" "main = sys.modules['__main__']\n" "main.begun.set()\n" "main.go_on.wait(20)\n"}
)
import warmup  # noqa: E402


def idle():
    begun.set()
    go_on.wait(20)


def busy():
    begun.set()
    while not go_on.is_set():
        sum(range(100))


def loop():
    import asyncio

    async_loop = asyncio.new_event_loop()
    async_loop.call_soon(begun.set)

    def look():
        if go_on.is_set():
            async_loop.stop()
        else:
            async_loop.call_later(0.01, look)

    look()
    async_loop.run_forever()
    async_loop.close()


def importing():
    if arena.PY2:  # there the main thread would wait for the import to end
        idle()
    else:
        import hostile_slow  # noqa: F401


def finding():
    if arena.PY2:
        idle()
    else:
        try:
            import hostile_found  # noqa: F401
        except ImportError:
            pass


def has_imported():
    import calendar  # noqa: F401

    idle()


def find(name):
    if name == "hostile_found":
        begun.set()
        go_on.wait(0.5)  # not longer: no thread can import anything meanwhile


def warned():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warmup.preload(codecs=())
    return [str(one.message) for one in caught if issubclass(one.category, warmup.PreloadWarning)]


run = {
    "beside-a-busy-thread": busy,
    "beside-a-thread-with-a-loop": loop,
    "beside-a-thread-that-imports": importing,
    "beside-a-thread-that-imports-once-only": importing,
    "beside-a-thread-inside-a-finder": finding,
    "beside-a-thread-that-has-imported": has_imported,
    "recipe-of-uvicorn": loop,
}.get(CASE, idle)
if "gevent" in CASE:
    monkey = sys.modules["gevent.monkey"] = type(sys)("gevent.monkey")
    sys.modules["gevent"] = type(sys)("gevent")
    monkey.saved = {} if CASE.startswith("before") else {"os": {"fork": None}}
    messages = warned()
else:
    if CASE.endswith("finder"):
        sys.meta_path.insert(0, arena.finder(find))
    thread = threading.Thread(target=run, name="hostile-thread")
    thread.daemon = True
    thread.start()
    arena.arranged(begun.wait(20), "the thread did not begin")
    messages = warned()
    again = warned()
    go_on.set()
    thread.join(20)
expected = CASE in (
    "beside-a-thread-that-imports",
    "beside-a-thread-inside-a-finder",
    "beside-a-thread-that-imports-once-only",
    "before-gevent-patches",
) or (arena.PY2 and "gevent" not in CASE)
arena.equal(len(messages), int(expected), "number of warnings, %s" % messages)
if expected and "gevent" not in CASE:
    arena.expect("hostile-thread" in messages[0] or arena.PY2, "the thread is not named: %s" % messages)
    if not arena.PY2:
        name = "hostile_found" if CASE.endswith("finder") else "hostile_slow"
        arena.expect(name in messages[0], "the import is not named: %s" % messages)
    if CASE.endswith("once-only"):
        arena.equal(again, [], "warnings of a second call")
elif expected:
    arena.expect("gevent" in messages[0], "gevent is not named: %s" % messages)
arena.held()
