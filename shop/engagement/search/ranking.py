"""Which documents come first by relevance: ranked once a minute for everybody who asks the same.

A common word stands in thousands of names, and ranking them all takes longer than the rest of the
page. Only the order is remembered: what a card says is read with every page.
"""

from django.core.cache import caches

from shop.engagement.search import filters
from shop.engagement.search.filters import Wanted
from shop.engagement.search.models import SearchDocument

SECONDS = 60
REMEMBERED = 240  # ten pages; whoever reads further waits for it


def part(wanted: Wanted, start: int, end: int, named_count: int) -> list[SearchDocument]:
    """The documents of one page by relevance."""
    if end > REMEMBERED:
        return filters.by_ids(filters.ranked_ids(wanted, start, end, named_count))
    key = f"search.order.{filters.key_of(wanted)}"
    known: list[int] | None = caches["fragments"].get(key)
    if known is None:
        known = filters.ranked_ids(wanted, 0, REMEMBERED, named_count)
        caches["fragments"].set(key, known, SECONDS)
    return filters.by_ids(known[start:end])
