"""Gathering the rows of one record, with memory bound by the records that are torn apart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shop.platform.transfer.exceptions import FileRefused
from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.reading.rows import Row

GROUP_LIMIT = 20_000


@dataclass(frozen=True)
class Survey:
    """What the first walk found out: how many rows, and which records lie in pieces."""

    rows: int
    scattered: frozenset[str]


def survey(rows: Iterable[Row], parser: Parser) -> Survey:
    """Walk the whole file before anything is written: a file that breaks later breaks here."""
    sizes: dict[str, int] = {}
    scattered: set[str] = set()
    current = ""
    count = 0
    for row in rows:
        count += 1
        parser.scan(row)
        if not parser.is_grouped:
            continue
        key = parser.key(row)
        if key != current and key in sizes:
            scattered.add(key)
        current = key
        sizes[key] = sizes.get(key, 0) + 1
        if sizes[key] > GROUP_LIMIT:
            raise FileRefused(
                f"More than {GROUP_LIMIT:,} rows belong to “{key[:60]}” (row {row.number}): "
                "is the right column mapped?"
            )
    return Survey(count, frozenset(scattered))


def groups(rows: Iterable[Row], parser: Parser, scattered: frozenset[str]) -> Iterator[list[Row]]:
    """Give the rows record by record; the torn ones come last, whole."""
    held: dict[str, list[Row]] = {}
    group: list[Row] = []
    current = ""
    for row in rows:
        key = parser.key(row)
        if key in scattered:
            held.setdefault(key, []).append(row)
            continue
        if group and key != current:
            yield group
            group = []
        current = key
        group.append(row)
    if group:
        yield group
    yield from held.values()
