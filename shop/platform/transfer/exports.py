"""Verbs of export: one table goes into one file."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shop.platform.transfer.exporting.others import CustomerTable, OrderTable, StockTable
from shop.platform.transfer.exporting.products import ProductTable
from shop.platform.transfer.exporting.sinks import open_sink


class ExportTable(Protocol):
    """Names its columns and gives its rows."""

    def header(self) -> Sequence[str]: ...

    def rows(self) -> Iterator[Sequence[str]]: ...


@dataclass(frozen=True)
class ExportReport:
    """How an export went."""

    rows: int
    seconds: float


def run_export(
    *, kind: str, path: Path, currency: str, progress: Callable[[int], None]
) -> ExportReport:
    """Write every record of a kind to a file; an interrupted export leaves no file behind."""
    began = time.monotonic()
    table = _table(kind, currency)
    count = 0
    with open_sink(path) as sink:
        sink.write(table.header())
        for count, row in enumerate(table.rows(), start=1):
            sink.write(row)
            if count % 1000 == 0:
                progress(count)
    return ExportReport(rows=count, seconds=round(time.monotonic() - began, 2))


def _table(kind: str, currency: str) -> ExportTable:
    if kind == "products":
        return ProductTable(currency=currency)
    if kind == "customers":
        return CustomerTable()
    return StockTable() if kind == "stock" else OrderTable()
