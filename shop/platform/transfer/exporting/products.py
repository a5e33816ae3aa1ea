"""Products as rows of the plain format: one row for each variant."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from shop.goods.catalog.models import (
    Attribute,
    AttributeValue,
    Category,
    Product,
    ProductCategory,
    Variant,
)
from shop.platform.transfer.formats.plain_products import ATTRIBUTE_PREFIX, COLUMNS, OPTIONS
from shop.pricing.price_lists.models import Price

CHUNK = 500


class ProductTable:
    """The rows of all products, read a few hundred at a time."""

    def __init__(self, *, currency: str) -> None:
        self.currency = currency
        self.attributes = sorted(set(Attribute.objects.values_list("name", flat=True)))
        self.category_names = _category_names()

    def header(self) -> Sequence[str]:
        return (*COLUMNS, *(f"{ATTRIBUTE_PREFIX}{name}" for name in self.attributes))

    def rows(self) -> Iterator[Sequence[str]]:
        for variant in self._variants().iterator(chunk_size=CHUNK):
            yield self._row(variant)

    def _variants(self) -> QuerySet[Variant]:
        prices = Price.objects.filter(
            price_list__currency=self.currency, price_list__is_default=True, is_active=True
        )
        values = AttributeValue.objects.select_related("attribute")
        places = ProductCategory.objects.order_by("position", "pk")
        return (
            Variant.objects.select_related(
                "product__tax_class", "product__product_type", "product__owner"
            )
            .prefetch_related(
                Prefetch("prices", prices, to_attr="list_prices"),
                Prefetch("product__attribute_values", values),
                Prefetch("product__category_places", places),
                "product__images",
            )
            .order_by("product_id", "position", "pk")
        )

    def _row(self, variant: Variant) -> Sequence[str]:
        product = variant.product
        price: Price | None = next(iter(variant.list_prices), None)  # type: ignore[attr-defined]
        cells = {
            **self._product_cells(product),
            **_option_cells(product.option_names, variant.option_values),
            "sku": variant.sku,
            "price": _amount(price.amount) if price else "",
            "compare_at": _amount(price.compare_at) if price and price.compare_at else "",
            "currency": self.currency,
            "barcode": variant.barcode,
            "weight_grams": str(variant.weight_grams or ""),
            "is_active": _truth(variant.is_active),
        }
        named = {value.attribute.name: value.text for value in product.attribute_values.all()}
        return (
            *(cells[column] for column in COLUMNS),
            *(named.get(name, "") for name in self.attributes),
        )

    def _product_cells(self, product: Product) -> dict[str, str]:
        return {
            "handle": product.slug,
            "name": product.name,
            "brand": product.brand,
            "categories": " | ".join(self._paths(product)),
            "product_type": product.product_type.code if product.product_type else "",
            "short_description": product.short_description,
            "description": product.description,
            "tax_class": product.tax_class.code,
            "hsn_code": product.hsn_code,
            "pictures": "|".join(str(image.file.name) for image in product.images.all()),
            "is_published": _truth(product.is_published),
            "is_featured": _truth(product.is_featured),
            "owner_email": product.owner.email if product.owner else "",
            "meta_title": product.meta_title,
            "meta_description": product.meta_description,
        }

    def _paths(self, product: Product) -> list[str]:
        """The categories by name, the main one first."""
        ids = [place.category_id for place in product.category_places.all()]
        ids.sort(key=lambda pk: pk != product.primary_category_id)
        return [self.category_names[pk] for pk in ids if pk in self.category_names]


def _category_names() -> dict[int, str]:
    rows = {row.pk: row for row in Category.objects.all()}

    def full_name(row: Category) -> str:
        parent = rows.get(row.parent_id or 0)
        return f"{full_name(parent)} > {row.name}" if parent else row.name

    return {pk: full_name(row) for pk, row in rows.items()}


def _option_cells(names: Sequence[str], values: dict[str, str]) -> dict[str, str]:
    cells = {}
    for place in OPTIONS:
        name = names[place - 1] if place <= len(names) else ""
        cells[f"option_{place}_name"] = name
        cells[f"option_{place}_value"] = values.get(name, "")
    return cells


def _amount(value: Decimal) -> str:
    """An amount with at least two decimals and no idle zeros behind them."""
    text = f"{value:.4f}"
    return text[:-2] if text.endswith("00") else text.rstrip("0")


def _truth(value: bool) -> str:
    return "yes" if value else "no"
