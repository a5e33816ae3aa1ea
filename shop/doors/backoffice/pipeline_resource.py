"""Files that are brought by the import button go the same way as those of the import commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from import_export import resources
from import_export.results import Error, RowResult

from shop.core.actors import SYSTEM_ACTOR
from shop.core.csv_safety import neutralise
from shop.doors.backoffice.acting import actor_of
from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.reading.rows import Problem, Row
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.writers import writer_for
from shop.platform.transfer.writing.batches import Item, Writer

HEADING_ROWS = 2  # a spreadsheet counts from one, and its first row is the heading


class PipelineResource(resources.ModelResource):
    """Exports columns of a list; imports rows through the transfer pipeline.

    Rows that make one record (the variants of a product, the lines of an order) are taken
    together with the first of them; the others count as skipped.
    """

    parser_class: ClassVar[type[Parser]]

    def __init__(self, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = request.user if request is not None else None
        self.actor = actor_of(request) if request is not None else SYSTEM_ACTOR
        self.groups: dict[int, list[Row]] = {}
        self.writer: Writer[Any] | None = None

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Gather the rows of each record before the first is written."""
        missing = [name for name in self.parser_class.required if name not in dataset.headers]
        if missing:
            raise ValueError(f"These columns are missing: {', '.join(missing)}")
        context = ImportContext()
        self.parser = self.parser_class(context)
        self.writer = writer_for(self.parser, context, actor=self.actor, now=timezone.now())
        first_of: dict[str, int] = {}
        for index, values in enumerate(dataset.dict):
            cells = {name: "" if cell is None else str(cell) for name, cell in values.items()}
            row = Row(number=index + HEADING_ROWS, cells=cells, raw=tuple(cells.values()))
            first = first_of.setdefault(self.parser.key(row), index)
            self.groups.setdefault(first, []).append(row)

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:
        """Write the record that begins in this row, or say in plain words why not."""
        result = self.get_row_result_class()()
        result.diff = ["" if row.get(name) is None else str(row[name]) for name in row]
        rows = self.groups.get(kwargs["row_number"] - 1)
        if rows is None or self.writer is None:
            result.import_type = RowResult.IMPORT_TYPE_SKIP
            return result
        built = self.parser.build(rows)
        problems: list[Problem] = list(built.problems)
        result.import_type = RowResult.IMPORT_TYPE_SKIP
        if built.record is not None and not problems:
            written = self.writer.write([Item(record=built.record, rows=rows)])
            problems += [problem for _item, problem in written.rejected]
            if written.created:
                result.import_type = RowResult.IMPORT_TYPE_NEW
            elif written.updated:
                result.import_type = RowResult.IMPORT_TYPE_UPDATE
        if problems:
            result.import_type = RowResult.IMPORT_TYPE_ERROR
            result.errors.extend(_error(problem, row) for problem in problems)
        return result

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Let the writer do what comes once, after the last row; head the preview."""
        if self.writer is not None:  # a file without its columns never came this far
            self.writer.finish()
        result.diff_headers = list(dataset.headers)

    def export_resource(
        self, instance: Any, selected_fields: Any = None, **kwargs: Any
    ) -> list[Any]:
        """One row, with cells that a spreadsheet would run made harmless."""
        cells: Iterable[Any] = super().export_resource(instance, selected_fields, **kwargs)
        return [neutralise(cell) if isinstance(cell, str) else cell for cell in cells]


def _error(problem: Problem, row: Any) -> Error:
    words = f"Row {problem.row}, {problem.column} {problem.value!r}: {problem.reason}"
    return Error(ValueError(words), row=row, number=problem.row)
