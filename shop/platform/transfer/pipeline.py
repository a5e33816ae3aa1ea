"""From rows to records to batches: the part that every import shares."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.grouping import Survey, groups
from shop.platform.transfer.reading.rows import Problem, Row
from shop.platform.transfer.reading.tables import Table
from shop.platform.transfer.rejects import RejectsFile
from shop.platform.transfer.writing.batches import Item, Writer, Written

# A batch is a transaction: large enough to be quick, small enough to keep memory and locks short.
BATCH_ROWS = 5_000
BATCH_RECORDS = 500

Progress = Callable[[int], None]


@dataclass
class Counts:
    """Rows that were read and rejected, records that were written."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass
class Pipeline:
    """One run over one table."""

    table: Table
    parser: Parser
    writer: Writer[Any]
    rejects: RejectsFile
    is_dry_run: bool
    progress: Progress
    counts: Counts = field(default_factory=Counts)

    def run(self, survey: Survey) -> Counts:
        """Read, check and write everything; each batch is written whole or not at all."""
        batch: list[Item[Any]] = []
        rows_in_batch = 0
        for item in self._items(survey):
            batch.append(item)
            rows_in_batch += len(item.rows)
            if rows_in_batch >= BATCH_ROWS or len(batch) >= BATCH_RECORDS:
                self._write(batch)
                batch, rows_in_batch = [], 0
        if batch:
            self._write(batch)
        self._settle()
        self.progress(self.counts.read)
        return self.counts

    def _items(self, survey: Survey) -> Iterator[Item[Any]]:
        for group in self._groups(survey):
            self.counts.read += len(group)
            if item := self._item(group):
                yield item

    def _groups(self, survey: Survey) -> Iterable[list[Row]]:
        if not self.parser.is_grouped:
            return ([row] for row in self.table.rows())
        return groups(self.table.rows(), self.parser, survey.scattered)

    def _item(self, group: list[Row]) -> Item[Any] | None:
        broken = [row.problem for row in group if row.problem]
        if broken:
            if not self.parser.is_divisible:
                self._reject(group, broken)
                return None
            self._reject([row for row in group if row.problem], broken)
            group = [row for row in group if not row.problem]
            if not group:
                return None
        built = self.parser.build(group)
        if built.record is None:
            self._reject(group, built.problems)
            return None
        if not built.problems:
            return Item(built.record, group)
        # Some rows of the record are bad, the rest of it is whole without them.
        bad = {problem.row: problem for problem in built.problems}
        self._reject([row for row in group if row.number in bad], built.problems)
        return Item(built.record, [row for row in group if row.number not in bad])

    def _reject(self, rows: Sequence[Row], problems: Sequence[Problem]) -> None:
        """Keep all rows of what cannot be taken; those without a fault say where it lies."""
        by_row: dict[int, Problem] = {}
        for problem in problems:
            by_row.setdefault(problem.row, problem)
        first = problems[0]
        for row in rows:
            follow = Problem(row.number, "", "", f"belongs to row {first.row}, which is refused")
            self.rejects.add(row, by_row.get(row.number, follow))
        self.counts.rejected += len(rows)

    def _write(self, batch: Sequence[Item[Any]]) -> None:
        try:
            self._take(self._written(batch))
        except (DataError, IntegrityError, ValidationError) as error:
            if len(batch) == 1:
                self._reject(batch[0].rows, [_database_problem(batch[0], error)])
                return
            # One record spoils its batch: find it by writing them one by one.
            self.writer.forget()
            for item in batch:
                self._write([item])
            return
        self.progress(self.counts.read)

    def _written(self, batch: Sequence[Item[Any]]) -> Written[Any]:
        with transaction.atomic():
            written = self.writer.write(batch)
            if self.is_dry_run:
                transaction.set_rollback(True)
        if self.is_dry_run:
            self.writer.forget()
        return written

    def _take(self, written: Written[Any]) -> None:
        self.counts.created += written.created
        self.counts.updated += written.updated
        self.counts.unchanged += written.unchanged
        for item, problem in written.rejected:
            self._reject(item.rows, [problem])

    def _settle(self) -> None:
        if self.is_dry_run:
            return
        with transaction.atomic():
            self.writer.finish()


def _database_problem(item: Item[Any], error: Exception) -> Problem:
    if isinstance(error, ValidationError):
        return item.problem("", "", "; ".join(error.messages)[:300])
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return item.problem("", "", f"the database refuses this: {reason}"[:300])
