"""Saving and publishing one product."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.keys import new_key
from shop.goods.catalog import counts, old_links, rich_text, slugs
from shop.goods.catalog.data import ProductData
from shop.goods.catalog.events import ProductChanged, ProductPublished, ProductUnpublished
from shop.goods.catalog.exceptions import NotPublishable
from shop.goods.catalog.models import (
    Category,
    OldAddress,
    Product,
    ProductCategory,
    ProductType,
    TaxClass,
)
from shop.goods.catalog.services.categories import ensure_categories
from shop.goods.catalog.services.variants import save_variant
from shop.goods.catalog.tree_cache import forget_tree

STANDARD = "standard"
PLAIN_FIELDS = (
    "name",
    "brand",
    "short_description",
    "hsn_code",
    "is_featured",
    "owner_id",
    "meta_title",
    "meta_description",
    "source",
    "source_key",
)


@transaction.atomic
def ensure_tax_class(*, code: str = STANDARD, name: str = "") -> TaxClass:
    """The tax class of a code, made if a file is the first to name it."""
    label = name or code.replace("-", " ").capitalize()
    tax_class, _ = TaxClass.objects.get_or_create(code=code, defaults={"name": label})
    return tax_class


@transaction.atomic
def save_product(
    *, data: ProductData, product_id: int | None = None, actor: Actor, now: datetime
) -> Product:
    """Create a product or change it, with its variants and places in the category tree."""
    if product_id:
        product = Product.objects.select_for_update().get(pk=product_id)
    else:
        product = Product(key=new_key())
    old_slug, was_published = product.slug, product.is_published
    for name in PLAIN_FIELDS:
        setattr(product, name, getattr(data, name))
    product.description = rich_text.clean(data.description)
    product.option_names = list(data.option_names)
    product.custom = dict(data.custom)
    product.tax_class = ensure_tax_class(code=data.tax_class)
    product.product_type = _product_type(data.product_type)
    product.slug = _free_slug(product, data)
    # A new product is published below, once it has a variant to sell.
    product.is_published = data.is_published and was_published
    categories = ensure_categories(paths=data.category_paths, actor=actor, now=now)
    places = [categories[path] for path in data.category_paths if path in categories]
    product.primary_category = places[0] if places else None
    product.save()
    old_links.remember(kind=OldAddress.Kind.PRODUCT, moved={product.key: (old_slug, product.slug)})
    touched = _put_in(product, places)
    for variant in data.variants:
        save_variant(product_id=product.pk, data=variant, actor=actor, now=now)
    if product.is_published or was_published:
        counts.refresh(touched)
        forget_tree()
    publish(ProductChanged(product_id=product.pk))
    if was_published and not product.is_published:
        publish(ProductUnpublished(product_id=product.pk))
    if data.is_published and not was_published:
        return publish_product(product_id=product.pk, actor=actor, now=now)
    return product


@transaction.atomic
def publish_product(*, product_id: int, actor: Actor, now: datetime) -> Product:
    """Show a product to customers."""
    product = Product.objects.select_for_update().get(pk=product_id)
    if product.is_published:
        return product
    if not product.variants.filter(is_active=True).exists():
        raise NotPublishable(f"{product.name} has no active variant")
    product.is_published = True
    product.published_at = product.published_at or now
    product.save(update_fields=["is_published", "published_at", "updated_at"])
    _count_again(product)
    publish(ProductPublished(product_id=product.pk))
    return product


@transaction.atomic
def unpublish_product(*, product_id: int, actor: Actor, now: datetime) -> Product:
    """Hide a product from customers; orders that hold it are not touched."""
    product = Product.objects.select_for_update().get(pk=product_id)
    if not product.is_published:
        return product
    product.is_published = False
    product.save(update_fields=["is_published", "updated_at"])
    _count_again(product)
    publish(ProductUnpublished(product_id=product.pk))
    return product


@transaction.atomic
def set_rating(*, product_id: int, average: Decimal, count: int, now: datetime) -> None:
    """Carry the mean of approved reviews onto the product, where lists can read it."""
    Product.objects.filter(pk=product_id).update(
        rating_average=average, rating_count=count, updated_at=now
    )
    publish(ProductChanged(product_id=product_id))


def _product_type(code: str) -> ProductType | None:
    if not code:
        return None
    name = code.replace("-", " ").capitalize()
    return ProductType.objects.get_or_create(code=code, defaults={"name": name})[0]


def _free_slug(product: Product, data: ProductData) -> str:
    """The slug as asked for; an existing product keeps its own unless a new one is given."""
    if product.slug and not data.slug:
        return product.slug
    base = slugs.base_slug(data.slug, data.name, product.key)
    others = Product.objects.exclude(pk=product.pk)
    taken = set(
        others.filter(slug__in=slugs.clash_candidates([base])).values_list("slug", flat=True)
    )
    return slugs.assign_free({product.key: base}, taken)[product.key]


def _put_in(product: Product, places: Iterable[Category]) -> set[str]:
    """Make these the product's categories; answers the paths it entered or left."""
    wanted = {category.pk: category.path for category in places}
    rows = product.category_places.values_list("category_id", "category__path")
    current = dict(rows)
    product.category_places.filter(category_id__in=set(current) - set(wanted)).delete()
    ProductCategory.objects.bulk_create(
        ProductCategory(product=product, category_id=pk) for pk in wanted if pk not in current
    )
    return set(wanted.values()) | set(current.values())


def _count_again(product: Product) -> None:
    counts.refresh(set(product.category_places.values_list("category__path", flat=True)))
    forget_tree()
