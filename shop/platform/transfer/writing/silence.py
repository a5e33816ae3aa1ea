"""A file may know only a part of a product: what it has no column for stays as it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shop.goods.catalog.data import ProductData, VariantData
from shop.goods.catalog.models import Product, Variant
from shop.platform.transfer.records import ProductRecord

# Column of the plain format -> field of the product, where both have one value.
_PLAIN = {
    "brand": "brand",
    "short_description": "short_description",
    "description": "description",
    "hsn_code": "hsn_code",
    "meta_title": "meta_title",
    "meta_description": "meta_description",
}
_OF_VARIANT = ("barcode", "weight_grams", "is_active")
_OPTIONS = "option_1_name"

Row = tuple[ProductData, ProductRecord, int | None]


def keep_silent(rows: Sequence[Row]) -> list[ProductData]:
    """Fill in from known products what the file has no column for."""
    ids = {pk for _, record, pk in rows if pk and record.silent}
    known = (
        Product.objects.select_related("tax_class", "product_type")
        .prefetch_related("category_places__category", "variants")
        .in_bulk(ids)
    )
    return [_filled(data, record, known[pk]) if pk in known else data for data, record, pk in rows]


def _filled(data: ProductData, record: ProductRecord, product: Product) -> ProductData:
    silent = record.silent
    kept: dict[str, Any] = {
        field: getattr(product, field) for column, field in _PLAIN.items() if column in silent
    }
    if "tax_class" in silent:
        kept["tax_class"] = product.tax_class.code
    if "product_type" in silent and product.product_type:
        kept["product_type"] = product.product_type.code
    if "categories" in silent:
        kept["category_paths"] = _paths(product)
    if _OPTIONS in silent:
        kept["option_names"] = tuple(product.option_names)
    known = {variant.sku: variant for variant in product.variants.all()}
    kept["variants"] = tuple(
        _filled_variant(one, known[one.sku], silent) if one.sku in known else one
        for one in data.variants
    )
    return replace(data, **kept)


def _filled_variant(data: VariantData, variant: Variant, silent: frozenset[str]) -> VariantData:
    kept: dict[str, Any] = {name: getattr(variant, name) for name in _OF_VARIANT if name in silent}
    # A file that names some of the variants says nothing about their order.
    kept["position"] = variant.position
    if _OPTIONS in silent:
        kept["option_values"] = variant.option_values
    return replace(data, **kept)


def _paths(product: Product) -> tuple[str, ...]:
    places = list(product.category_places.all())
    places.sort(key=lambda place: place.category_id != product.primary_category_id)
    return tuple(place.category.path for place in places)
