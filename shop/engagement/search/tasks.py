"""Jobs of the search."""

from datetime import datetime

from django.utils import timezone

from shop.engagement.search import figures, services

MAX_BATCHES = 400


def refresh_popularity() -> int:
    """Count once a day what has sold lately."""
    return services.refresh_popularity(now=timezone.now())


def index_stale(now: datetime | None = None) -> int:
    """Index everything that was marked as changed."""
    moment = now or timezone.now()
    count = 0
    for _ in range(MAX_BATCHES):
        indexed = services.index_stale(now=moment)
        count += indexed
        if not indexed:
            break
    return count


def refresh_figures() -> int:
    """Count the biggest lists again, so that no visitor waits for it."""
    return figures.refresh()
