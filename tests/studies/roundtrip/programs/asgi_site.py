"""An ASGI application: a form with a file, a page, and the work of the shop."""

import shop
import warm
from starlette.applications import Starlette
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route


async def page(request):
    return JSONResponse({"work": shop.work()})


async def form(request):
    data = await request.form()
    return JSONResponse({"size": len(await data["file"].read())})


async def source(request):
    return FileResponse(__file__)


async def late(request):
    return PlainTextResponse(warm.result())


app = Starlette(
    routes=[Route("/", page), Route("/form", form, methods=["POST"]), Route("/source", source), Route("/late", late)]
)
warm.warm()
