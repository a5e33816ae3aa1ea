"""Jobs of the checkout."""

from datetime import datetime

from django.utils import timezone

from shop.sales.checkout import services

BATCH = 200
MOST_BATCHES = 100


def expire_checkouts(now: datetime) -> int:
    """End the visits that took too long; answers how many."""
    ended = 0
    for _ in range(MOST_BATCHES):
        count = services.expire(now=now, limit=BATCH)
        ended += count
        if count < BATCH:
            break
    return ended


def expire_checkouts_now() -> int:
    """The same by the clock, which a schedule reads for us."""
    return expire_checkouts(timezone.now())
