import os

from django.core.wsgi import get_wsgi_application

import warmup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_settings")
application = get_wsgi_application()
warmup.preload(modules=["django_urls"])
