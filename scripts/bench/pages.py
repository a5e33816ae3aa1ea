"""Server time and queries of single pages, measured inside one process of the store.

Run in a store as `python -m scripts.bench.pages NAME=PATH …`; the last line is JSON.
"""

import json
import os
import statistics
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - only after the set-up above
from django.contrib import auth  # noqa: E402 - as above
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 - as above
from django.db import connection  # noqa: E402 - as above
from django.test import Client  # noqa: E402 - as above
from django.test.utils import CaptureQueriesContext  # noqa: E402 - as above

HOST = "127.0.0.1"
WARM_UPS = 3
ROUNDS = 15


def measure(client: Client, path: str) -> dict[str, Any]:
    """Median time of one page and how many queries it needs."""
    for _ in range(WARM_UPS):
        status = client.get(path).status_code
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return {
        "status": status,
        "ms": round(statistics.median(times), 1),
        "queries": len(queries.captured_queries),
    }


def session_of(user: Any) -> str:
    """A session as signing in would leave it; the sign-in itself needs an address to come from."""
    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def main() -> int:
    """Measure each page as a visitor, those below /admin/ and /reports/ as a superuser."""
    visitor, staff = Client(SERVER_NAME=HOST), Client(SERVER_NAME=HOST)
    admin = auth.get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
    if admin is not None:
        staff.cookies[settings.SESSION_COOKIE_NAME] = session_of(admin)
    answer = {}
    for argument in sys.argv[1:]:
        name, _, path = argument.partition("=")
        client = staff if path.startswith(("/admin/", "/reports/")) else visitor
        answer[name] = measure(client, path)
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
