"""Products in our own plain format: a row is a variant, rows of one handle are a product."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.text import slugify

from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Problem, Row, RowRefused
from shop.platform.transfer.records import ProductRecord, VariantRecord

OPTIONS = (1, 2, 3)
ATTRIBUTE_PREFIX = "attribute:"
REQUIRED = ("sku", "name", "price")
COLUMNS = (
    "handle",
    "sku",
    "name",
    "brand",
    "categories",
    "product_type",
    "short_description",
    "description",
    "price",
    "compare_at",
    "currency",
    "tax_class",
    "hsn_code",
    "barcode",
    "weight_grams",
    *(f"option_{place}_{part}" for place in OPTIONS for part in ("name", "value")),
    "pictures",
    "is_published",
    "is_featured",
    "is_active",
    "owner_email",
    "meta_title",
    "meta_description",
)


class PlainProducts(Parser):
    name = "plain"
    object = "products"
    required = REQUIRED
    optional = tuple(column for column in COLUMNS if column not in REQUIRED)
    marks = frozenset({"sku", "price"})
    is_grouped = True
    is_divisible = True

    @classmethod
    def knows(cls, column: str) -> bool:
        return super().knows(column) or column.startswith(ATTRIBUTE_PREFIX)

    def key(self, row: Row) -> str:
        return row.cells.get("handle", "").strip() or row.cells["sku"].strip()

    def build(self, rows: Sequence[Row]) -> Built:
        problems: list[Problem] = []
        variants: list[VariantRecord] = []
        product: ProductRecord | None = None
        for row in rows:
            try:
                head = self._product(row)
                found = self._variants(row)
            except RowRefused as refused:
                problems.append(refused.problem)
                continue
            product = product or head
            variants += found
        if product is None:
            return Built(None, problems)
        return Built(replace(product, variants=tuple(variants)), problems)

    def _product(self, row: Row) -> ProductRecord:
        """Read what is true of the whole product; the first good row of a handle decides."""
        attributes = tuple(
            (column.removeprefix(ATTRIBUTE_PREFIX), cells.text(row, column, limit=500))
            for column in row.cells
            if column.startswith(ATTRIBUTE_PREFIX)
        )
        return ProductRecord(
            source_key="",
            slug=cells.text(row, "handle", limit=200),
            name=cells.text(row, "name", limit=250, is_required=True),
            variants=(),
            brand=cells.text(row, "brand", limit=120),
            category_paths=_paths(cells.text(row, "categories", limit=1000)),
            short_description=cells.text(row, "short_description", limit=500),
            description=cells.text(row, "description", limit=50_000),
            tax_class=_tax_class(row),
            hsn_code=_hsn_code(row),
            product_type=cells.text(row, "product_type", limit=60),
            attributes=tuple((name, value) for name, value in attributes if value),
            option_names=_option_names(row),
            is_published=cells.truth(row, "is_published", default=True),
            is_featured=cells.truth(row, "is_featured", default=False),
            owner_email=cells.email(row, "owner_email"),
            meta_title=cells.text(row, "meta_title", limit=200),
            meta_description=cells.text(row, "meta_description", limit=300),
            pictures=_listed(cells.text(row, "pictures", limit=2000)),
            silent=frozenset(column for column in COLUMNS if column not in row.cells),
        )

    def _variants(self, row: Row) -> list[VariantRecord]:
        """Read one variant, or the short form: several values of an option in one cell."""
        currency = cells.text(row, "currency", limit=3).upper()
        if currency and currency != self.context.currency:
            raise row.refuse("currency", f"this import takes {self.context.currency} only")
        sku = cells.text(row, "sku", limit=64, is_required=True)
        choices = _choices(row)
        prices = _prices(row, len(choices[0][1]) if choices else 1)
        self.refuse_repeat(row, "sku", sku)
        price, compare_at = prices[0]
        variant = VariantRecord(
            sku=sku,
            price=price,
            compare_at=compare_at,
            barcode=cells.text(row, "barcode", limit=40),
            weight_grams=cells.whole(row, "weight_grams", minimum=0, default=0) or None,
            is_active=cells.truth(row, "is_active", default=True),
        )
        if sum(len(values) > 1 for _, values in choices) == 0:
            single = tuple((name, values[0]) for name, values in choices)
            return [replace(variant, option_values=single)]
        found = []
        for combination in _combinations(choices):
            place = choices[0][1].index(combination[0][1])
            price, compare_at = prices[place % len(prices)]
            found.append(
                replace(
                    variant,
                    sku="-".join((sku, *(_suffix(value) for _, value in combination))),
                    option_values=combination,
                    price=price,
                    compare_at=compare_at,
                )
            )
        return found


def _prices(row: Row, places: int) -> list[tuple[Decimal | None, Decimal | None]]:
    """One price, or in the short form one for each value of the first option."""
    prices = cells.amounts(row, "price", places, is_required=True)
    before = cells.amounts(row, "compare_at", places)
    pairs = list(zip(prices, before * len(prices) if len(before) == 1 else before, strict=False))
    for price, compare_at in pairs:
        if compare_at is not None and price is not None and compare_at < price:
            raise row.refuse("compare_at", "must not be below the price")
    return pairs


def _option_names(row: Row) -> tuple[str, ...]:
    names = (cells.text(row, f"option_{place}_name", limit=60) for place in OPTIONS)
    return tuple(name for name in names if name)


def _choices(row: Row) -> list[tuple[str, tuple[str, ...]]]:
    choices = []
    for place in OPTIONS:
        name = cells.text(row, f"option_{place}_name", limit=60)
        values = _listed(cells.text(row, f"option_{place}_value", limit=500))
        if name and not values:
            raise row.refuse(f"option_{place}_value", f"must say which {name} this is")
        if values and not name:
            raise row.refuse(f"option_{place}_name", "must name the option of this value")
        if name:
            choices.append((name, values))
    return choices


def _combinations(
    choices: Sequence[tuple[str, tuple[str, ...]]],
) -> list[tuple[tuple[str, str], ...]]:
    found: list[tuple[tuple[str, str], ...]] = [()]
    for name, values in choices:
        found = [(*start, (name, value)) for start in found for value in values]
    return found


def _suffix(value: str) -> str:
    return "".join(letter for letter in value.upper() if letter.isalnum())


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split("|") if part.strip())


def _paths(value: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(level.strip() for level in path.split(">") if level.strip())
        for path in _listed(value)
    )


def _tax_class(row: Row) -> str:
    value = cells.text(row, "tax_class", limit=40).lower()
    if value and slugify(value) != value:
        raise row.refuse("tax_class", "a tax class is a code such as standard or reduced")
    return value


def _hsn_code(row: Row) -> str:
    value = cells.text(row, "hsn_code", limit=8)
    if value and not (value.isdigit() and len(value) in {4, 6, 8}):
        raise row.refuse("hsn_code", "an HSN code has 4, 6 or 8 digits")
    return value
