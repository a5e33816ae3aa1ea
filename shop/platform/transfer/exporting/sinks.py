"""Files that take one row after the other and hold none of them in memory."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO, cast

import xlsxwriter

from shop.core.csv_safety import neutralise
from shop.platform.transfer.exceptions import FileRefused

_SHEET_ROWS = 1_048_576
Cell = str | int | float


class Sink(Protocol):
    """Takes rows."""

    def write(self, row: Sequence[Cell]) -> None: ...


class TextSink:
    """Comma-separated text in UTF-8; formulas are made harmless."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream)

    def write(self, row: Sequence[Cell]) -> None:
        self._writer.writerow([neutralise(cell) for cell in row])


class SheetSink:
    """One sheet of a workbook, written in constant memory; every text stays a text."""

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self._sheet = self.book.add_worksheet()
        self._row = 0

    def write(self, row: Sequence[Cell]) -> None:
        if self._row >= _SHEET_ROWS:
            raise FileRefused(f"A sheet holds {_SHEET_ROWS:,} rows at most; write a .csv instead.")
        self._sheet.write_row(self._row, 0, [neutralise(cell) for cell in row])
        self._row += 1


@contextmanager
def open_sink(path: Path) -> Iterator[Sink]:
    """Open a file by the end of its name: .csv, .csv.gz or .xlsx; half a file never stays."""
    fresh = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _sink(path.name.lower(), fresh) as sink:
            yield sink
        fresh.replace(path)
    except OSError as error:
        raise FileRefused(f"The file cannot be written: {error}.") from error
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _sink(name: str, fresh: Path) -> Iterator[Sink]:
    if name.endswith(".xlsx"):
        sheet = SheetSink(fresh)
        try:
            yield sheet
        finally:
            sheet.book.close()
    elif name.endswith((".csv", ".csv.gz")):
        with _text(name, fresh) as stream:
            yield TextSink(stream)
    else:
        raise FileRefused("The name of the file must end in .csv, .csv.gz or .xlsx.")


def _text(name: str, fresh: Path) -> TextIO:
    if name.endswith(".gz"):
        return cast(TextIO, gzip.open(fresh, "wt", encoding="utf-8", newline=""))
    return fresh.open("w", encoding="utf-8", newline="")
