"""Reports as files: every row, formulas made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import count, islice
from typing import Any

import xlsxwriter
from django.utils import timezone

from reporting.tables import Column, Result, Row
from shop.core.csv_safety import neutralise

# A sheet holds 1,048,576 rows, the heading among them; what is more goes on the next sheet.
SHEET_ROWS = 1_000_000
SHEET_NAME = 28


class _Echo:
    """A file that hands back what is written, so that csv can stream."""

    def write(self, value: str) -> str:
        return value


def csv_lines(result: Result) -> Iterator[str]:
    """The report as CSV text, line by line, with a byte-order mark for spreadsheets."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow([str(column.label) for column in result.columns]))
    for row in result.every_row():
        yield str(writer.writerow([_plain(row.values.get(c.key)) for c in result.columns]))


def xlsx_bytes(result: Result, title: str) -> bytes:
    """The report as a workbook: numbers stay numbers, dates stay dates."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    name = title.translate(str.maketrans("", "", "[]:*?/\\"))[:SHEET_NAME]
    bold = book.add_format({"bold": True})
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    rows = result.every_row()
    for number in count(1):
        sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
        for index, column in enumerate(result.columns):
            sheet.write_string(0, index, str(column.label), bold)
        if _fill(sheet, result.columns, islice(rows, SHEET_ROWS), formats) < SHEET_ROWS:
            break
    book.close()
    return buffer.getvalue()


def _fill(
    sheet: Any, columns: list[Column], rows: Iterable[Row], formats: Mapping[str, Any]
) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            _write(sheet, number, index, row.values.get(column.key), formats.get(column.kind))
    return number


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None), style)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return str(value) if isinstance(value, int | Decimal) else str(neutralise(str(value)))
