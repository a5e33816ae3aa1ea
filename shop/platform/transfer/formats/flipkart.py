"""The Flipkart sample: one row per product, prices in rupees, a category path written as a list."""

from collections.abc import Sequence

from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Row, RowRefused
from shop.platform.transfer.records import ProductRecord, VariantRecord

# Deeper levels only repeat brand and name.
_MAX_DEPTH = 3


class FlipkartProducts(Parser):
    name = "flipkart"
    object = "products"
    required = (
        "uniq_id",
        "product_name",
        "product_category_tree",
        "pid",
        "retail_price",
        "discounted_price",
    )
    optional = ("brand",)
    marks = frozenset({"uniq_id", "pid"})

    def build(self, rows: Sequence[Row]) -> Built:
        (row,) = rows
        try:
            return Built(self._product(row))
        except RowRefused as refused:
            return Built(None, [refused.problem])

    def _product(self, row: Row) -> ProductRecord:
        sku = cells.text(row, "pid", limit=64, is_required=True)
        self.refuse_repeat(row, "pid", sku)
        retail = cells.amount(row, "retail_price")
        discounted = cells.amount(row, "discounted_price")
        price = retail if discounted is None else discounted
        category = _category(row.cells["product_category_tree"])
        return ProductRecord(
            source_key=f"flipkart:{cells.text(row, 'uniq_id', limit=64, is_required=True)}",
            name=cells.text(row, "product_name", limit=400, is_required=True)[:250],
            variants=(
                VariantRecord(
                    sku=sku,
                    price=price,
                    compare_at=retail if retail and price and retail > price else None,
                ),
            ),
            brand=cells.text(row, "brand", limit=120),
            category_paths=(category,) if category else (),
            # What has no price cannot be sold, so it is not shown.
            is_published=price is not None,
        )


def _category(tree: str) -> tuple[str, ...]:
    """The path without its last level, which is the name of the product again."""
    inner = tree.strip().removeprefix("[").removesuffix("]").strip().strip('"')
    levels = [level.strip() for level in inner.split(" >> ")]
    return tuple(level for level in levels[:-1] if level)[:_MAX_DEPTH]
