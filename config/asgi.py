"""The ASGI entry point of the web process; it refuses to serve with unsafe settings."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_asgi_application()

from config import guards  # noqa: E402 - reads tables, so only after the set-up above

guards.refuse_unsafe_start()
