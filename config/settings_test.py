"""Settings under test: cheap passwords, mail and cache in memory, jobs at once."""

import os
import tempfile

# Set before the real settings are read; no test may touch the database of `make run`.
os.environ["VAR_DIR"] = os.environ.get("TEST_VAR_DIR") or tempfile.mkdtemp(prefix="store-test-")
os.environ["SECRET_KEY"] = "only-for-tests-" + "t" * 50
os.environ["FIELD_ENCRYPTION_KEYS"] = "VGVzdHMtb25seS1rZXktb2YtMzItYnl0ZXMtbG9uZyE="
if os.environ.get("TEST_DB") == "postgres":
    # The workers of xdist inherit the address and start no server of their own.
    if not os.environ.get("TEST_DATABASE_URL"):
        from scripts import embedded_postgres

        os.environ["TEST_DATABASE_URL"] = embedded_postgres.start()
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ.pop("DATABASE_URL", None)
os.environ["HTTPS"] = "off"
for name in [name for name in os.environ if name.startswith("SALESFORCE_")]:
    del os.environ[name]

from config.settings import *  # noqa: E402, F403 - the variables above must be set first
from config.settings import STATIC_ROOT, STORAGES  # noqa: E402 - as above, for the type checker

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "fragments": {"BACKEND": "config.caches.ObjectMemory", "LOCATION": "fragments"},
    "visitors": {"BACKEND": "config.caches.ObjectMemory", "LOCATION": "visitors"},
}
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)
JOBS_INLINE = True
PAYMENTS_TEST_GATEWAY = True
