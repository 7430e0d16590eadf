"""A program that fetches and decodes JSON in a worker, started by importing it.

This package began with this program. urlopen() has an import statement in a function. encode()
asks the codec registry. On 2.7 both wait for the import lock, and the main thread waits for the
worker inside `import app`.
"""

from __future__ import absolute_import, division, print_function

import json
import os
import sys
import threading
from timeit import default_timer as clock

try:
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from urllib.request import urlopen
except ImportError:
    from BaseHTTPServer import BaseHTTPRequestHandler, HTTPServer
    from urllib2 import urlopen

POSITION = 20
COLD = {"2.7": "stalls", "3.6-": "fine", "pypy": "fine"}
LIMIT = 1.0  # seconds that the import goes on unless the worker is done before


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"name": "J\\u00fcrgen"}')


if __name__ == "__main__":
    if "warm" in sys.argv:
        import warmup

        warmup.preload()
    app = __import__(os.path.basename(__file__)[:-3])  # this file once more, as a module
    app.done.wait(LIMIT)  # the import is over: its thread gets on
    print("%s after %.4f s" % (app.outcome, app.seconds))
    sys.exit(app.outcome != "fine")

# From here on this is `app`, and the main thread is inside `import app` until the last line.
os.environ["no_proxy"] = "127.0.0.1"
server = HTTPServer(("127.0.0.1", 0), Handler)
answers = []
done = threading.Event()


def work():
    try:
        text = urlopen("http://127.0.0.1:%d/" % server.server_port).read().decode("ascii")
        for key, value in json.loads(text).items():
            key.encode("latin1"), value.encode("latin1")
        answers.append("fine")
    except Exception as error:
        answers.append("raises %r" % error)
    done.set()


began = clock()
for target in server.handle_request, work:
    thread = threading.Thread(target=target)
    thread.daemon = True
    thread.start()
done.wait(LIMIT)
seconds = clock() - began
outcome = answers[0] if answers else "stalls"
