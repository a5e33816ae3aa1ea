"""Reports as files: every row, formulas made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone

from reporting.tables import Result
from shop.core.csv_safety import neutralise


class _Echo:
    """A file that hands back what is written, so that csv can stream."""

    def write(self, value: str) -> str:
        return value


def csv_lines(result: Result) -> Iterator[str]:
    """The report as CSV text, line by line, with a byte-order mark for spreadsheets."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow([str(column.label) for column in result.columns]))
    for row in result.rows:
        yield str(writer.writerow([_plain(row.values.get(c.key)) for c in result.columns]))


def xlsx_bytes(result: Result, title: str) -> bytes:
    """The report as a workbook: numbers stay numbers, dates stay dates."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(title[:31].translate(str.maketrans("", "", "[]:*?/\\")))
    bold = book.add_format({"bold": True})
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    for index, column in enumerate(result.columns):
        sheet.write_string(0, index, str(column.label), bold)
    for number, row in enumerate(result.rows, start=1):
        for index, column in enumerate(result.columns):
            _write(sheet, number, index, row.values.get(column.key), formats.get(column.kind))
    book.close()
    return buffer.getvalue()


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
