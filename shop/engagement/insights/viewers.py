"""Which visitors have seen a product today: known until midnight, and nobody knows who they are.

A visitor is known by a digest of network address and browser under a salt of the day. The salt is
drawn at random and forgotten with the day, so that no digest leads back to anybody; neither
address nor browser is kept.
"""

from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes

from django.core.cache import caches

from shop.core.dates import day_bounds, store_date

SHARED, OWN = "default", "visitors"
SALT_BYTES = 16


def is_first_today(*, address: str, browser: str, now: datetime) -> bool:
    """Whether this visitor sees a product for the first time on this day of the store's calendar.

    The process remembers whom it asked about; only for the others the shared cache is asked.
    """
    name = _digest(f"{address} {browser}", now)
    seconds = _seconds_left(now)
    if not caches[OWN].add(name, True, timeout=seconds):
        return False
    return bool(caches[SHARED].add(name, 1, timeout=seconds))


def _digest(visitor: str, now: datetime) -> str:
    digest = blake2b(visitor.encode(), key=_salt(now), digest_size=16)
    return f"insights.seen.{digest.hexdigest()}"


def _salt(now: datetime) -> bytes:
    name = f"insights.salt.{store_date(now):%Y%m%d}"
    salt: bytes | None = caches[OWN].get(name)
    if salt is None:
        seconds = _seconds_left(now)
        salt = caches[SHARED].get_or_set(name, lambda: token_bytes(SALT_BYTES), timeout=seconds)
        caches[OWN].set(name, salt, timeout=seconds)
    return bytes(salt or b"")


def _seconds_left(now: datetime) -> int:
    _start, end = day_bounds(store_date(now))
    return max(int((end - now).total_seconds()), 1)
