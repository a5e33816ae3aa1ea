"""What is the same for every visitor, remembered for half a minute in each process."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches

from shop.directory.organization import selectors as organization

SECONDS_KEPT = 30
Value = TypeVar("Value")


def kept(name: str, load: Callable[[], Value]) -> Value:
    """Answer what was loaded a moment ago, or load it."""
    cache = caches["fragments"]
    found: Value | None = cache.get(name)
    if found is None:
        found = load()
        cache.set(name, found, SECONDS_KEPT)
    return found


def made_of(name: str, sources: tuple[object, ...], make: Callable[[], Value]) -> Value:
    """Answer what was made of these values, or make it: it is right as long as they are."""
    cache = caches["fragments"]
    found: tuple[tuple[object, ...], Value] | None = cache.get(name)
    if found is None or found[0] != sources:
        found = (sources, make())
        cache.set(name, found, SECONDS_KEPT)
    return found[1]


def store_facts() -> organization.StoreFacts:
    """Who the store is, for frames, titles and structured data."""
    return kept("frame.store", organization.store)
