"""The WSGI entry point of the web process; it refuses to serve with unsafe settings."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config import guards  # noqa: E402 - reads tables, so only after the set-up above

guards.refuse_unsafe_start()
