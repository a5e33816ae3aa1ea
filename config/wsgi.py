"""The WSGI entry point of the web process; it refuses to serve with unsafe settings."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config import guards  # noqa: E402 - reads tables, so only after the set-up above

guards.refuse_unsafe_start()

# What is loaded by now stays for good: the collector need not look through it over and over,
# and a request makes more objects than the few hundred after which it usually looks.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
