import warm
from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()


def application(environ, start_response):
    if environ["PATH_INFO"] == "/late":
        start_response("200 OK", [])
        return [warm.result().encode("utf-8")]
    return _django(environ, start_response)
