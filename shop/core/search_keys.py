"""By which words staff find an order; each package adds its own (number, tracking, CRM id)."""

from collections.abc import Callable, Iterable

_finders: dict[str, Callable[[str], Iterable[int]]] = {}


def register(name: str, finder: Callable[[str], Iterable[int]]) -> None:
    """Offer a way to find orders by a text."""
    _finders[name] = finder


def names() -> tuple[str, ...]:
    """The kinds of words that are understood."""
    return tuple(_finders)


def find_orders(text: str) -> list[int]:
    """Answer the primary keys of the orders that any finder knows by this text, each once."""
    wanted = text.strip()
    if not wanted:
        return []
    found: dict[int, None] = {}
    for finder in _finders.values():
        found.update(dict.fromkeys(finder(wanted)))
    return list(found)
