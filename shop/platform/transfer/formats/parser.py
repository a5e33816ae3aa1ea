"""What every format has in common: columns, a key that gathers rows, and a way to read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from shop.platform.transfer.reading.rows import Problem, Row
from shop.platform.transfer.records import ImportContext, Record


@dataclass
class Built:
    """The record made of a group of rows, and which of the rows could not be taken."""

    record: Record | None
    problems: list[Problem] = field(default_factory=list)


class Parser:
    """Reads one format. A parser lives for one run and may remember what it has seen."""

    name: ClassVar[str]
    object: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()
    # Other spellings of a column in published files: theirs -> ours.
    aliases: ClassVar[Mapping[str, str]] = {}
    # Columns that no other format has; they tell what a file is.
    marks: ClassVar[frozenset[str]] = frozenset()
    # Whether several rows may make one record. Then the file is walked once beforehand, so that
    # records whose rows lie apart are put together without holding the file in memory.
    is_grouped: ClassVar[bool] = False
    # Whether the record is whole without a row that is bad: a product without one of its variants
    # is, an order without one of its lines is not.
    is_divisible: ClassVar[bool] = False

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.seen: dict[str, int] = {}

    @classmethod
    def knows(cls, column: str) -> bool:
        """Whether this format has a column of that name."""
        return column in cls.required or column in cls.optional

    def key(self, row: Row) -> str:
        """Which record this row belongs to; rows without a key stand alone."""
        return f"row {row.number}"

    def scan(self, row: Row) -> None:
        """See a row in the first walk; formats that need the whole picture remember it here."""

    def build(self, rows: Sequence[Row]) -> Built:
        raise NotImplementedError

    def refuse_repeat(self, row: Row, column: str, value: str) -> None:
        """Refuse a natural key that an earlier row of this file already has."""
        first = self.seen.setdefault(value, row.number)
        if first != row.number:
            raise row.refuse(column, f"is also in row {first}")
