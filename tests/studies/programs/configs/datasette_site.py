"""Datasette as an ASGI application, for a server of one's own choice."""

from datasette.app import Datasette

app = Datasette(files=["fruit.db"]).app()

import warmup.auto
