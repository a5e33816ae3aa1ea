"""The files that the import and export buttons know: separated values and workbooks.

They are read as the import commands read theirs: encoding and separator are found out, sizes are
limited, and what cannot be read is said in words.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import tablib
import xlsxwriter
from import_export.formats import base_formats

from shop.platform.transfer.exceptions import FileRefused
from shop.platform.transfer.reading.tables import Limits, open_table

# A page waits for the whole file; what is larger goes through the import commands.
MOST_ROWS = 20_000
LIMITS = Limits(file_bytes=50_000_000)
ZIP_MARK = b"PK\x03\x04"


class SeparatedValues(base_formats.CSV):
    """CSV: with commas when written, with any usual separator and encoding when read."""

    def is_binary(self) -> bool:
        """Its bytes are looked at before they become text."""
        return True

    def get_read_mode(self) -> str:
        """As it was sent."""
        return "rb"

    def create_dataset(self, in_stream: bytes, **_kwargs: Any) -> tablib.Dataset:
        """The rows of an uploaded file."""
        return read(in_stream)


class Workbook(base_formats.Format):
    """XLSX: every cell is written as text, so that nothing runs and no zero is lost."""

    def __init__(self, encoding: str | None = None) -> None:
        """A workbook says itself how it is encoded."""

    def get_title(self) -> str:
        """How the choice is called."""
        return "xlsx"

    def get_extension(self) -> str:
        """How the name of the file ends."""
        return "xlsx"

    def get_content_type(self) -> str:
        """What the browser is told."""
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def can_import(self) -> bool:
        """It is read."""
        return True

    def can_export(self) -> bool:
        """It is written."""
        return True

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """The rows of an uploaded file."""
        return read(in_stream)

    def export_data(self, dataset: tablib.Dataset, **_kwargs: Any) -> bytes:
        """The rows as a workbook."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, name in enumerate(dataset.headers or ()):
            sheet.write_string(0, column, str(name), bold)
        for number, row in enumerate(dataset, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, "" if cell is None else str(cell))
        book.close()
        return buffer.getvalue()


FORMATS = (SeparatedValues, Workbook)


def read(content: bytes) -> tablib.Dataset:
    """The rows of a file, whichever of the two kinds it is and whatever it was called."""
    suffix = ".xlsx" if content.startswith(ZIP_MARK) else ".csv"
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        table = open_table(Path(file.name), limits=LIMITS)
        found = tablib.Dataset(headers=list(table.names))
        for row in table.rows():
            if row.problem:
                where = f", {row.problem.column}" if row.problem.column else ""
                raise FileRefused(f"Row {row.number}{where}: {row.problem.reason}.")
            if len(found) >= MOST_ROWS:
                raise FileRefused(
                    f"The file has more than {MOST_ROWS:,} rows: bring it by an import command, "
                    "or in parts."
                )
            found.append([row.cells[name] for name in table.names])
    return found
