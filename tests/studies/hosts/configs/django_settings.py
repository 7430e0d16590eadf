ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "django_urls"
SECRET_KEY = "not secret"
WSGI_APPLICATION = "django_wsgi.application"
