"""News from lower packages to higher ones, told within the transaction that made them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

EventType = TypeVar("EventType")

_subscribers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class RowsWritten:
    """Rows were written in bulk, past `save()`, so nobody heard of them one by one."""

    model_label: str
    pks: tuple[int, ...]
    operation: str  # create, update or delete


def subscribe(event_type: type[EventType], handler: Callable[[EventType], None]) -> None:
    """Let a handler hear of an event; saying so twice is harmless."""
    if handler not in _subscribers[event_type]:
        _subscribers[event_type].append(handler)


def publish(event: object) -> None:
    """Tell every subscriber at once; a failing one undoes the whole transaction."""
    for handler in tuple(_subscribers.get(type(event), ())):
        handler(event)
