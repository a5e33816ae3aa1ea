"""Stock in our own plain format: how many of a SKU lie at a location."""

from collections.abc import Sequence

from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Row, RowRefused
from shop.platform.transfer.records import StockRecord

COLUMNS = ("sku", "location", "on_hand")


class PlainStock(Parser):
    name = "plain"
    object = "stock"
    required = COLUMNS
    marks = frozenset(COLUMNS)

    def build(self, rows: Sequence[Row]) -> Built:
        (row,) = rows
        try:
            record = StockRecord(
                sku=cells.text(row, "sku", limit=64, is_required=True),
                location=cells.text(row, "location", limit=40, is_required=True),
                on_hand=cells.whole(row, "on_hand", minimum=0),
            )
            self.refuse_repeat(row, "sku", f"{record.sku} at {record.location}")
        except RowRefused as refused:
            return Built(None, [refused.problem])
        return Built(record)
