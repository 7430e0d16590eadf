"""Django's admin, with the settings of the study ``roundtrip``."""

from __future__ import absolute_import, division, print_function

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
