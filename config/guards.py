"""What makes an install unsafe, in one place: asked at start and by `check_production`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from shop.core import options

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
DEMO_STORES = frozenset({"full", "small"})
SHORTEST_KEY = 50
# Words of example files and tutorials; a random key of 50 characters holds none of them.
EXAMPLE_WORDS = re.compile(
    r"change.?me|django-insecure|example|replace.?(me|this)|your.?secret|secret.?key|password|only-for-tests",
    re.IGNORECASE,
)
STAFF_MFA = "security.staff_mfa"
UNSAFE_SOURCES = ("'unsafe-inline'", "'unsafe-eval'", "*", "data:")
WATCHED_DIRECTIVES = ("default-src", "script-src", "style-src")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is unsafe, how to put it right, and whether the web process must not start."""

    code: str
    message: str
    hint: str
    stops_start: bool = False


def is_demo_on_loopback() -> bool:
    """Whether this is the demo store of `make run`, out of reach for everyone else."""
    hosts = set(settings.ALLOWED_HOSTS)
    return settings.DEMO in DEMO_STORES and bool(hosts) and hosts <= LOOPBACK


def _secret_key() -> Problem | None:
    key = settings.SECRET_KEY
    if not EXAMPLE_WORDS.search(key) and len(key) >= SHORTEST_KEY and len(set(key)) > 10:
        return None
    return Problem(
        "SECRET_KEY",
        "SECRET_KEY is a known example value, or too short to be random.",
        "Draw one: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
        stops_start=True,
    )


def _is_random_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return not EXAMPLE_WORDS.search(key) and len(set(key)) > 10


def _field_keys() -> Problem | None:
    keys = settings.FIELD_ENCRYPTION_KEYS
    if keys and all(map(_is_random_fernet_key, keys)):
        return None
    return Problem(
        "FIELD_ENCRYPTION_KEYS",
        "FIELD_ENCRYPTION_KEYS is missing, an example value, or no key of the right form.",
        "Draw one: python -c 'from cryptography.fernet import Fernet as F; "
        "print(F.generate_key().decode())'",
        stops_start=True,
    )


def _debug() -> Problem | None:
    if not settings.DEBUG:
        return None
    return Problem("DEBUG", "DEBUG shows settings and code to visitors.", "Unset DEBUG.")


def _hosts() -> Problem | None:
    hosts = settings.ALLOWED_HOSTS
    if hosts and not {"*", "."} & set(hosts):
        return None
    return Problem(
        "ALLOWED_HOSTS",
        "ALLOWED_HOSTS is empty or lets every host name in.",
        "Name the hosts of the store, separated by commas.",
    )


def _https() -> Problem | None:
    needed = (
        settings.SECURE_SSL_REDIRECT,
        settings.SECURE_HSTS_SECONDS,
        settings.SESSION_COOKIE_SECURE,
        settings.CSRF_COOKIE_SECURE,
        settings.SESSION_COOKIE_HTTPONLY,
        settings.X_FRAME_OPTIONS == "DENY",
    )
    if all(needed):
        return None
    return Problem(
        "HTTPS",
        "Pages or cookies may travel unencrypted, or be framed by other sites.",
        "Unset HTTPS: it is on unless `make run` switches it off.",
    )


def _content_policy() -> Problem | None:
    directives: dict[str, Any] = settings.CONTENT_SECURITY_POLICY.get("DIRECTIVES", {})
    loose = [
        f"{name} {source}"
        for name in WATCHED_DIRECTIVES
        for source in directives.get(name, ["*"])
        if source in UNSAFE_SOURCES
    ]
    if not loose:
        return None
    return Problem(
        "CONTENT_SECURITY_POLICY",
        f"The content policy allows too much: {', '.join(loose)}.",
        "Allow single sources instead; only the admin has exceptions.",
    )


def _staff_second_factor() -> Problem | None:
    if is_demo_on_loopback():
        return None
    try:
        wanted = options.value(STAFF_MFA)
    except (options.UnknownOption, DatabaseError):
        return None  # not migrated yet: then nothing can have been switched off
    if wanted == "required":
        return None
    return Problem(
        STAFF_MFA,
        f"{STAFF_MFA} is {wanted!r}: staff could sign in with a password alone.",
        f"Set {STAFF_MFA} to 'required'; only a demo store on loopback may do without.",
        stops_start=True,
    )


def _test_gateway() -> Problem | None:
    hosts = set(settings.ALLOWED_HOSTS)
    if not settings.PAYMENTS_TEST_GATEWAY or (hosts and hosts <= LOOPBACK):
        return None
    return Problem(
        "PAYMENTS_TEST_GATEWAY",
        "The test gateway is on: anybody could mark an order as paid without paying.",
        "Unset PAYMENTS_TEST_GATEWAY, DEMO and DEBUG.",
        stops_start=True,
    )


GUARDS: tuple[Callable[[], Problem | None], ...] = (
    _secret_key,
    _field_keys,
    _debug,
    _hosts,
    _https,
    _content_policy,
    _staff_second_factor,
    _test_gateway,
)


def problems() -> list[Problem]:
    """Everything that is unsafe about these settings."""
    return [problem for guard in GUARDS if (problem := guard())]


def refuse_unsafe_start() -> None:
    """Stop the web process where going on would be worse than standing still."""
    stopping = [problem for problem in problems() if problem.stops_start]
    if stopping:
        raise ImproperlyConfigured(" ".join(f"{p.message} {p.hint}" for p in stopping))
