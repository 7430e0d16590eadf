"""Serve one page by ASGI. Preload where the workers load this module."""

import asyncio
import json

import work

import warmup


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            event = (await receive())["type"]
            await send({"type": event + ".complete"})
            if event == "lifespan.shutdown":
                return
    done = work.begin()
    await asyncio.sleep(work.DATABASE_SECONDS)
    body = json.dumps(done()).encode("utf-8")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


warmup.preload()
