"""A table that can be walked more than once, whatever kind of file holds it."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol

from python_calamine import CalamineError, CalamineWorkbook

from shop.platform.transfer.exceptions import FileRefused
from shop.platform.transfer.reading import encodings
from shop.platform.transfer.reading.rows import Problem, Row

_SEPARATORS = ",;\t|"
_HARD_CELL_LIMIT = 64_000_000
_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Limits:
    """How much of a file is taken before it is called broken."""

    file_bytes: int = 500_000_000
    cell_characters: int = 100_000


class Source(Protocol):
    """Gives the rows of one file, as often as asked."""

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]: ...


@dataclass(frozen=True)
class TextSource:
    """A file of separated values, packed or not."""

    path: Path
    encoding: str
    delimiter: str

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(_HARD_CELL_LIMIT)
        with encodings.open_bytes(self.path) as file:
            text = io.TextIOWrapper(file, encoding=self.encoding, newline="")
            reader = csv.reader(text, delimiter=self.delimiter)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    yield number, cells
            except csv.Error as error:
                raise FileRefused(f"Row {number + 1} cannot be read: {error}.") from error


@dataclass(frozen=True)
class SheetSource:
    """The first sheet of a workbook."""

    path: Path

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        try:
            book = CalamineWorkbook.from_path(str(self.path))
            sheet = book.get_sheet_by_index(0)
            rows = sheet.to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError, IndexError) as error:
            raise FileRefused(f"The workbook cannot be read: {error}.") from error
        for number, cells in enumerate(rows, start=1):
            yield number, [_cell_text(cell) for cell in cells]


@dataclass(frozen=True)
class Table:
    """Named columns over a source; `names` are ours, `header` is what the file says."""

    source: Source
    header: tuple[str, ...]
    names: tuple[str, ...]
    encoding: str
    delimiter: str
    limits: Limits = field(default_factory=Limits)
    constants: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Walk the data rows; a row that is broken as such carries its problem."""
        width = len(self.names)
        for number, cells in self.source.raw_rows():
            if number == 1 or not any(cells):
                continue
            problem = None
            if len(cells) != width:
                cells, problem = self._fitted(number, cells, width)
            values = dict(zip(self.names, cells, strict=True))
            if self.constants:
                values.update(self.constants)
            # Two quick looks at the whole row instead of two at each cell.
            joined = "".join(cells)
            if problem is None and ("\0" in joined or len(joined) > self.limits.cell_characters):
                problem = self._cell_problem(number, values)
            yield Row(number, values, tuple(cells), problem)

    def _fitted(
        self, number: int, cells: list[str], width: int
    ) -> tuple[list[str], Problem | None]:
        found = len(cells)
        if isinstance(self.source, SheetSource):
            surplus = [cell for cell in cells[width:] if cell]
            if not surplus:
                return [*cells[:width], *[""] * (width - found)], None
        reason = f"the row has {found} cells, the heading has {width}"
        shown = cells[width] if found > width else ""
        return [*cells[:width], *[""] * (width - found)], Problem(number, "", shown[:200], reason)

    def _cell_problem(self, number: int, values: Mapping[str, str]) -> Problem | None:
        for column, value in values.items():
            if "\0" in value:
                reason = "the cell holds a NUL character"
                return Problem(number, column, value.replace("\0", "")[:200], reason)
            if len(value) > self.limits.cell_characters:
                reason = (
                    f"the cell holds {len(value):,} characters, "
                    f"at most {self.limits.cell_characters:,} are taken"
                )
                return Problem(number, column, value[:200], reason)
        return None


def open_table(
    path: Path, *, encoding: str = "", delimiter: str = "", limits: Limits | None = None
) -> Table:
    """Open a file as a table, finding out what was not said about it."""
    limits = limits or Limits()
    _check_file(path, limits)
    source: Source
    if path.suffix.lower() in _SHEETS:
        _check_unpacked_size(path, limits)
        source, encoding, delimiter = SheetSource(path), "", ""
    else:
        encoding = (
            encodings.check_encoding(path, encoding, limit=limits.file_bytes)
            if encoding
            else encodings.detect_encoding(path, limit=limits.file_bytes)
        )
        delimiter = _named_delimiter(delimiter) or _detect_delimiter(path, encoding)
        source = TextSource(path, encoding, delimiter)
    header = _header(source)
    return Table(source, header, header, encoding, delimiter, limits)


def _check_file(path: Path, limits: Limits) -> None:
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    size = path.stat().st_size
    if not size:
        raise FileRefused("The file is empty.")
    if size > limits.file_bytes:
        raise FileRefused(f"The file is larger than {limits.file_bytes // 1_000_000} MB.")


def _check_unpacked_size(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        if path.suffix.lower() == ".xls":
            return
        raise FileRefused("The workbook is damaged: it is no ZIP archive.") from error
    if size > limits.file_bytes:
        raise FileRefused(f"The workbook unpacks to more than {limits.file_bytes // 1_000_000} MB.")


def _named_delimiter(name: str) -> str:
    delimiter = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(
        name.lower(), name
    )
    if len(delimiter) > 1:
        raise FileRefused(f"The separator must be one character, not “{name}”.")
    return delimiter


def _detect_delimiter(path: Path, encoding: str) -> str:
    with encodings.open_bytes(path) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        line = text.readline(100_000)
    outside_quotes = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside_quotes.count)


def _header(source: Source) -> tuple[str, ...]:
    first = next(source.raw_rows(), (1, []))[1]
    header = tuple(cell.strip() for cell in first)
    while header and not header[-1]:
        header = header[:-1]
    if not header:
        raise FileRefused("Row 1 must hold the column names, but it is empty.")
    if any("\0" in name for name in header):
        raise FileRefused("Row 1 holds NUL characters: this is not a text file.")
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise FileRefused(f"Row 1 names the column “{repeated[0]}” more than once.")
    return header


def _cell_text(value: object) -> str:
    """Write a spreadsheet value the way the same table would hold it as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
