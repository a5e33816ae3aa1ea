"""WooCommerce's product file: parents and variations linked by SKU."""

from collections.abc import Sequence

from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Problem, Row, RowRefused
from shop.platform.transfer.records import ImportContext, ProductRecord, VariantRecord

_ATTRIBUTES = (1, 2, 3)


class WooCommerceProducts(Parser):
    name = "woocommerce"
    object = "products"
    required = ("Type", "SKU", "Name", "Regular price")
    optional = (
        "ID",
        "Published",
        "Is featured?",
        "Visibility in catalog",
        "Short description",
        "Description",
        "Sale price",
        "Categories",
        "Weight (kg)",
        "Images",
        "Parent",
        "Tax class",
        *(f"Attribute {place} {part}" for place in _ATTRIBUTES for part in ("name", "value(s)")),
    )
    marks = frozenset({"Type", "Regular price"})
    is_grouped = True
    is_divisible = True

    def __init__(self, context: ImportContext) -> None:
        super().__init__(context)
        self.sku_of_id: dict[str, str] = {}

    def scan(self, row: Row) -> None:
        if number := row.cells.get("ID", "").strip():
            self.sku_of_id[number] = row.cells["SKU"].strip()

    def key(self, row: Row) -> str:
        parent = row.cells.get("Parent", "").strip()
        if parent.startswith("id:"):
            parent = self.sku_of_id.get(parent.removeprefix("id:"), parent)
        return parent or row.cells["SKU"].strip() or f"row {row.number}"

    def build(self, rows: Sequence[Row]) -> Built:
        heads = [row for row in rows if not row.cells.get("Parent", "").strip()]
        if not heads:
            return Built(None, [_orphan(row) for row in rows])
        head, *doubles = heads
        problems = [_double(row, head) for row in doubles]
        variations = [row for row in rows if row.cells.get("Parent", "").strip()]
        try:
            product = self._product(head, variations, problems)
        except RowRefused as refused:
            return Built(None, [*problems, refused.problem])
        return Built(product, problems)

    def _product(
        self, head: Row, variations: Sequence[Row], problems: list[Problem]
    ) -> ProductRecord:
        sku = cells.text(head, "SKU", limit=64, is_required=True)
        name = cells.text(head, "Name", limit=250, is_required=True)
        kinds = {kind.strip() for kind in head.cells["Type"].split(",")}
        variants: list[VariantRecord] = []
        names: tuple[str, ...] = ()
        attributes = _attributes(head)
        if "variable" in kinds:
            names = tuple(name for name, _ in attributes)
            attributes = ()
            for row in variations:
                try:
                    variants.append(self._variant(row, names))
                except RowRefused as refused:
                    problems.append(refused.problem)
        elif "grouped" not in kinds:
            variants.append(self._variant(head, ()))
        # A grouped product only gathers others: it goes in as a page that sells nothing itself.
        hidden = head.cells.get("Visibility in catalog", "").strip() == "hidden"
        return ProductRecord(
            source_key=f"woocommerce:{sku}",
            name=name,
            variants=tuple(variants),
            category_paths=_paths(cells.text(head, "Categories", limit=1000)),
            short_description=cells.text(head, "Short description", limit=500),
            description=cells.text(head, "Description", limit=50_000),
            attributes=tuple(attributes),
            option_names=names,
            is_published=cells.truth(head, "Published", default=True) and not hidden,
            is_featured=cells.truth(head, "Is featured?", default=False),
            pictures=tuple(
                part.strip() for part in head.cells.get("Images", "").split(",") if part.strip()
            ),
        )

    def _variant(self, row: Row, names: tuple[str, ...]) -> VariantRecord:
        sku = cells.text(row, "SKU", limit=64, is_required=True)
        self.refuse_repeat(row, "SKU", sku)
        regular = cells.amount(row, "Regular price", is_required=True)
        sale = cells.amount(row, "Sale price")
        chosen = dict(_attributes(row))
        weight = cells.number(row, "Weight (kg)")
        return VariantRecord(
            sku=sku,
            # A variation may leave a choice open; then it stands for any value of it.
            option_values=tuple((name, chosen.get(name) or "Any") for name in names),
            price=regular if sale is None else sale,
            compare_at=regular if sale is not None and regular and regular > sale else None,
            weight_grams=round(weight * 1000) if weight and weight > 0 else None,
        )


def _attributes(row: Row) -> tuple[tuple[str, str], ...]:
    found = (
        (
            cells.text(row, f"Attribute {place} name", limit=60),
            cells.text(row, f"Attribute {place} value(s)", limit=500),
        )
        for place in _ATTRIBUTES
    )
    return tuple((name, value) for name, value in found if name)


def _paths(value: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(level.strip() for level in path.split(">") if level.strip())
        for path in value.split(",")
        if path.strip()
    )


def _orphan(row: Row) -> Problem:
    return Problem(row.number, "Parent", row.cells["Parent"], "this parent is not in the file")


def _double(row: Row, head: Row) -> Problem:
    return Problem(row.number, "SKU", row.cells["SKU"], f"is also in row {head.number}")
