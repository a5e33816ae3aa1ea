"""Everything that a search document is made of, read in bulk."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shop.directory.organization import selectors as organization
from shop.goods.catalog import selectors as catalog
from shop.goods.catalog.models import (
    AttributeValue,
    Category,
    Product,
    ProductCategory,
    ProductImage,
    Variant,
)
from shop.goods.inventory import selectors as inventory
from shop.pricing.price_lists import selectors as price_lists
from shop.pricing.price_lists.data import ListPrice


@dataclass
class Source:
    """One product with all that its document needs."""

    product: Product
    image: ProductImage | None
    variants: list[Variant] = field(default_factory=list)
    prices: list[ListPrice] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    values: list[AttributeValue] = field(default_factory=list)
    is_in_stock: bool = False


def read(product_ids: Collection[int], *, now: datetime) -> list[Source]:
    """The products with their variants, prices, stock, places and attributes."""
    images = catalog.main_images(product_ids)
    sources = {
        row.pk: Source(product=row, image=images.get(row.pk))
        for row in Product.objects.filter(pk__in=product_ids).order_by("pk")
    }
    _add_variants(sources, now)
    _add_categories(sources)
    for value in AttributeValue.objects.filter(
        product_id__in=sources, attribute__is_filterable=True
    ).select_related("attribute", "choice"):
        sources[value.product_id].values.append(value)
    return list(sources.values())


def _add_variants(sources: dict[int, Source], now: datetime) -> None:
    variants = list(
        Variant.objects.filter(product_id__in=sources, is_active=True).order_by("position", "pk")
    )
    ids = [variant.pk for variant in variants]
    units = inventory.available(ids)
    prices = price_lists.prices_for(
        variant_ids=ids, currency=organization.store().currency, now=now
    )
    for variant in variants:
        source = sources[variant.product_id]
        source.variants.append(variant)
        source.is_in_stock = source.is_in_stock or units[variant.pk] > 0
        if variant.pk in prices:
            source.prices.append(prices[variant.pk])


def _add_categories(sources: dict[int, Source]) -> None:
    """Each product lies in its categories and in everything above them."""
    by_path = {row.path: row for row in Category.objects.order_by("pk")}
    by_id = {row.pk: row for row in by_path.values()}
    found: dict[int, dict[str, Category]] = defaultdict(dict)
    places = ProductCategory.objects.filter(product_id__in=sources)
    for product_id, category_id in places.values_list("product_id", "category_id"):
        found[product_id] |= _with_ancestors(by_id[category_id], by_path)
    for product_id, categories in found.items():
        sources[product_id].categories = list(categories.values())


def _with_ancestors(category: Category, by_path: dict[str, Category]) -> dict[str, Category]:
    return {path: by_path[path] for path in category.ancestor_paths if path in by_path}


def option_values(source: Source) -> dict[str, list[str]]:
    """The options of a product with the values that its variants have, in their order."""
    values: dict[str, dict[str, None]] = {name: {} for name in source.product.option_names}
    for variant in source.variants:
        for name, value in variant.option_values.items():
            values.setdefault(name, {})[str(value)] = None
    return {name: list(found) for name, found in values.items() if found}


def distinct(texts: Iterable[str]) -> list[str]:
    """Each text once, in order, without empty ones."""
    return list(dict.fromkeys(text for text in texts if text))
