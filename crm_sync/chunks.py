"""Cutting a sequence into parts."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Element = TypeVar("Element")


def in_chunks(elements: Sequence[Element], size: int) -> Iterator[Sequence[Element]]:
    """Answer the elements in order, in parts of at most that size."""
    for start in range(0, len(elements), size):
        yield elements[start : start + size]
