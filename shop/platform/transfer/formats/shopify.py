"""Shopify's product file: rows of one handle are a product, its variants and its pictures."""

from collections.abc import Sequence

from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Problem, Row, RowRefused
from shop.platform.transfer.records import ProductRecord, VariantRecord


class ShopifyProducts(Parser):
    name = "shopify"
    object = "products"
    required = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")
    optional = (
        "Body (HTML)",
        "Vendor",
        "Type",
        "Tags",
        "Published",
        "Option2 Name",
        "Option2 Value",
        "Option3 Name",
        "Option3 Value",
        "Variant SKU",
        "Variant Grams",
        "Variant Compare At Price",
        "Variant Barcode",
        "Image Src",
        "SEO Title",
        "SEO Description",
    )
    marks = frozenset({"Handle", "Variant Price"})
    is_grouped = True
    is_divisible = True

    def key(self, row: Row) -> str:
        return row.cells["Handle"].strip()

    def build(self, rows: Sequence[Row]) -> Built:
        head = rows[0]
        problems: list[Problem] = []
        variants: list[VariantRecord] = []
        try:
            names = self._option_names(head)
            handle = cells.text(head, "Handle", limit=200, is_required=True)
            title = cells.text(head, "Title", limit=250, is_required=True)
        except RowRefused as refused:
            return Built(None, [refused.problem])
        for row in rows:
            if not row.cells["Variant Price"].strip() and not row.cells["Option1 Value"].strip():
                continue  # one more picture of the same product
            try:
                variants.append(self._variant(row, handle, names))
            except RowRefused as refused:
                problems.append(refused.problem)
        if not variants:
            return Built(
                None, problems or [Problem(head.number, "Variant Price", "", "no variant")]
            )
        return Built(self._product(head, rows, title, names, variants), problems)

    def _product(
        self,
        head: Row,
        rows: Sequence[Row],
        title: str,
        names: tuple[str, ...],
        variants: list[VariantRecord],
    ) -> ProductRecord:
        kind = cells.text(head, "Type", limit=120)
        return ProductRecord(
            source_key=f"shopify:{head.cells['Handle'].strip()}",
            slug=head.cells["Handle"].strip(),
            name=title,
            variants=tuple(variants),
            brand=cells.text(head, "Vendor", limit=120),
            category_paths=((kind,),) if kind else (),
            description=cells.text(head, "Body (HTML)", limit=50_000),
            option_names=names,
            is_published=cells.truth(head, "Published", default=True),
            meta_title=cells.text(head, "SEO Title", limit=200),
            meta_description=cells.text(head, "SEO Description", limit=300),
            pictures=tuple(
                source for row in rows if (source := row.cells.get("Image Src", "").strip())
            ),
        )

    def _option_names(self, head: Row) -> tuple[str, ...]:
        names = (cells.text(head, f"Option{place} Name", limit=60) for place in (1, 2, 3))
        found = tuple(name for name in names if name)
        # A product without choices is written with this one value.
        is_single = head.cells["Option1 Value"].strip() == "Default Title"
        return () if is_single else found

    def _variant(self, row: Row, handle: str, names: tuple[str, ...]) -> VariantRecord:
        values = tuple(
            (name, cells.text(row, f"Option{place} Value", limit=100, is_required=True))
            for place, name in enumerate(names, start=1)
        )
        sku = cells.text(row, "Variant SKU", limit=64) or _made_sku(handle, values)
        self.refuse_repeat(row, "Variant SKU", sku)
        price = cells.amount(row, "Variant Price", is_required=True)
        compare_at = cells.amount(row, "Variant Compare At Price")
        # The unit only says how the shop shows the weight: the column is always in grams.
        grams = cells.number(row, "Variant Grams")
        return VariantRecord(
            sku=sku,
            option_values=values,
            price=price,
            compare_at=compare_at if compare_at and price and compare_at > price else None,
            barcode=cells.text(row, "Variant Barcode", limit=40),
            weight_grams=int(grams) if grams and grams > 0 else None,
        )


def _made_sku(handle: str, values: tuple[tuple[str, str], ...]) -> str:
    """Shopify lets SKUs empty; handle and choices are unique in a shop and stay the same."""
    parts = [handle, *("".join(c for c in value if c.isalnum()) for _, value in values)]
    return "-".join(parts).upper()[:64]
