"""One row of a table, and what may be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken: the column, its value, and the reason in plain words."""

    row: int
    column: str
    value: str
    reason: str


class RowRefused(Exception):
    """Raised by a format or a writer for the one row that cannot be taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a spreadsheet counts it (the heading is row 1), its cells by our column names."""

    number: int
    cells: Mapping[str, str]
    raw: tuple[str, ...]
    problem: Problem | None = None

    def refuse(self, column: str, reason: str) -> RowRefused:
        return RowRefused(Problem(self.number, column, self.cells.get(column, ""), reason))
