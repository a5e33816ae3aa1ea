"""Jobs of the inventory."""

from datetime import datetime

from django.utils import timezone

from shop.goods.inventory import services

BATCH = 500
MAX_BATCHES = 200


def release_expired(now: datetime) -> int:
    """Put goods of expired reservations back on sale; answers how many holders lost theirs."""
    holders = 0
    for _ in range(MAX_BATCHES):
        released = services.release_expired(now=now, limit=BATCH)
        holders += len(released)
        if not released:
            break
    return holders


def release_expired_now() -> int:
    """The same by the clock, which a schedule reads for us."""
    return release_expired(timezone.now())
