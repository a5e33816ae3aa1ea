"""What the pipeline hands to a writer, and what it gets back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from shop.platform.transfer.reading.rows import Problem, Row

AnyRecord = TypeVar("AnyRecord")


@dataclass(frozen=True)
class Item(Generic[AnyRecord]):
    """A record with the rows it was read from."""

    record: AnyRecord
    rows: Sequence[Row]

    def problem(self, column: str, value: str, reason: str) -> Problem:
        return Problem(self.rows[0].number, column, value, reason)


@dataclass
class Written(Generic[AnyRecord]):
    """What became of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[Item[AnyRecord], Problem]] = field(default_factory=list)

    def reject(self, item: Item[AnyRecord], column: str, value: str, reason: str) -> None:
        self.rejected.append((item, item.problem(column, value, reason)))


class Writer(Protocol[AnyRecord]):
    """Writes a batch in one transaction: all of a record or nothing of it."""

    def write(self, items: Sequence[Item[AnyRecord]]) -> Written[AnyRecord]: ...

    def forget(self) -> None: ...

    def finish(self) -> None: ...
