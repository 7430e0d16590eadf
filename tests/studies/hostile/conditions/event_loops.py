"""preload() in a coroutine or a greenlet works, and the loop goes on."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "in-a-coroutine",
    "in-a-callback",
    "in-an-executor",
    "cancelled-meanwhile",
    "in-a-greenlet",
    "after-monkey-patching",
)
PART = ("in-a-coroutine",)
CASE = arena.case(CASES)

reports = []


def late():
    import sched  # noqa: F401


import warmup  # noqa: E402

if CASE in ("in-a-greenlet", "after-monkey-patching"):
    try:
        import gevent
    except ImportError:
        arena.does_not_apply("gevent is not installed")
    if CASE.startswith("after"):
        from gevent import monkey

        monkey.patch_all()
    greenlets = [gevent.spawn(lambda: reports.append(warmup.preload())) for _ in range(3)]
    gevent.joinall(greenlets, timeout=20, raise_error=True)
else:
    if sys.version_info < (3, 7):
        arena.does_not_apply("asyncio.run() came with 3.7")
    import asyncio

    def call():
        reports.append(warmup.preload())

    namespace = {"asyncio": asyncio, "call": call}
    exec(
        "async def in_a_coroutine():\n"
        "    call()\n"
        "    await asyncio.sleep(0)\n"
        "async def in_a_callback():\n"
        "    asyncio.get_running_loop().call_soon(call)\n"
        "    await asyncio.sleep(0.01)\n"
        "async def in_an_executor():\n"
        "    await asyncio.get_running_loop().run_in_executor(None, call)\n"
        "async def cancelled_meanwhile():\n"
        "    task = asyncio.ensure_future(in_a_coroutine())\n"
        "    asyncio.get_running_loop().call_soon(task.cancel)\n"
        "    try:\n"
        "        await task\n"
        "    except asyncio.CancelledError:\n"
        "        pass\n",
        namespace,
    )
    asyncio.run(namespace[CASE.replace("-", "_")]())
arena.expect(reports, "no report")
for report in reports:
    arena.equal([one for one in report.failed], [], "failed")
arena.expect(arena.loaded("sched"), "a function's import was not warmed")
arena.held()
