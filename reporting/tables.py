"""What a report answers: tiles, a chart, a table. Pages, files and tests read the same object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Literal

Kind = Literal["text", "number", "money", "percent", "date", "datetime"]
Cell = str | int | Decimal | date | None


@dataclass(frozen=True)
class Column:
    """One column: its key in the rows, its heading and how its values print."""

    key: str
    label: str
    kind: Kind = "text"

    @property
    def is_figure(self) -> bool:
        """Figures align to the right."""
        return self.kind in {"number", "money", "percent"}


@dataclass(frozen=True)
class Row:
    """One row of values; `link` leads to the rows behind it, `level` marks subtotals.

    A row that is (or lies on) one order names it by `order_id`; the page knows where orders open.
    """

    values: dict[str, Any]
    link: str = ""
    order_id: int | None = None
    level: Literal["row", "subtotal", "total"] = "row"
    cell_links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tile:
    """One figure with what it was before."""

    label: str
    value: Decimal | int
    kind: Kind
    before: Decimal | int | None = None
    spark: tuple[float, ...] = ()

    @property
    def change_percent(self) -> Decimal | None:
        """How much it moved against before; None where there is nothing to compare with."""
        if not self.before:
            return None
        change = (Decimal(self.value) - Decimal(self.before)) * 100 / Decimal(self.before)
        return change.quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Series:
    """One line or set of bars."""

    label: str
    values: Sequence[float]


@dataclass(frozen=True)
class Chart:
    """A chart as plain data. The table below it holds the same numbers."""

    kind: Literal["bar", "line", "hbar", "funnel", "heatmap"]
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    description: str = ""
    second_labels: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """What the chart element reads from the page."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "secondLabels": list(self.second_labels),
            "series": [{"label": s.label, "values": list(s.values)} for s in self.series],
            "unit": self.unit,
            "description": self.description,
        }


@dataclass(frozen=True)
class Result:
    """A whole report; `rest` are rows too many to hold, read one by one into a file."""

    columns: list[Column]
    rows: list[Row]
    tiles: list[Tile] = field(default_factory=list)
    chart: Chart | None = None
    note: str = ""
    is_cut: bool = False
    rest: Iterable[Row] = ()

    def every_row(self) -> Iterator[Row]:
        """All rows in their order, to be read once."""
        return chain(self.rows, self.rest)
