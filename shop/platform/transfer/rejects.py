"""The file of errors: only rows that were not taken, each with its reason, to upload again."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from shop.core.csv_safety import neutralise
from shop.platform.transfer.reading.rows import Problem, Row

COLUMNS = ("error_row", "error_column", "error_value", "error_reason")
_SHOWN = 20


class RejectsFile:
    """Opens its file at the first bad row, so that a clean import leaves none."""

    def __init__(self, path: Path, header: Sequence[str], names: Sequence[str]) -> None:
        self.path = path
        self.header = tuple(header)
        self.shown_names = dict(zip(names, header, strict=True))
        # A file of errors that comes back has our columns already.
        self.kept = [place for place, name in enumerate(header) if name not in COLUMNS]
        self.count = 0
        self.first: list[Problem] = []
        self._stream: TextIO | None = None

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, row: Row, problem: Problem) -> None:
        """Keep one row with the reason why it was not taken."""
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(problem)
        if self._stream is None:
            self._stream = self._open()
        raw = [row.raw[place] if place < len(row.raw) else "" for place in self.kept]
        column = self.shown_names.get(problem.column, problem.column)
        self._write([*raw, str(row.number), column, problem.value[:200], problem.reason])

    @property
    def name(self) -> str:
        """The path of the file, or nothing when no row was rejected."""
        return str(self.path) if self.count else ""

    def _open(self) -> TextIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # The mark at the start tells spreadsheets that this is UTF-8.
        self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
        self._write([*(self.header[place] for place in self.kept), *COLUMNS])
        return self._stream

    def _write(self, cells: Sequence[str]) -> None:
        if self._stream is None:
            return
        line = io.StringIO(newline="")
        csv.writer(line).writerow([neutralise(cell.replace("\0", "")) for cell in cells])
        self._stream.write(line.getvalue())
