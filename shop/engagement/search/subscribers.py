"""What happens to goods, prices and stock makes search documents stale."""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shop.core import jobs
from shop.core.events import subscribe
from shop.engagement.search import services
from shop.goods.catalog.events import (
    CategoryChanged,
    ProductChanged,
    ProductPublished,
    ProductsImported,
    ProductUnpublished,
)
from shop.goods.catalog.models import Category, ProductCategory, Variant
from shop.goods.inventory.events import StockChanged
from shop.pricing.price_lists.events import PriceChanged

TASK = "shop.engagement.search.tasks.index_stale"
# So few are indexed on the spot: whoever saved a product sees it in the list at once.
ON_THE_SPOT = 20


def connect() -> None:
    """Listen to everything that a search document shows."""
    subscribe(ProductChanged, _product_changed)
    subscribe(ProductPublished, _product_changed)
    subscribe(ProductUnpublished, _product_changed)
    subscribe(ProductsImported, _products_imported)
    subscribe(CategoryChanged, _category_changed)
    subscribe(PriceChanged, _price_changed)
    subscribe(StockChanged, _stock_changed)


def _product_changed(event: ProductChanged | ProductPublished | ProductUnpublished) -> None:
    _changed([event.product_id])


def _products_imported(event: ProductsImported) -> None:
    _changed(event.product_ids)


def _category_changed(event: CategoryChanged) -> None:
    path = Category.objects.values_list("path", flat=True).get(pk=event.category_id)
    below = Category.objects.filter(path__startswith=f"{path}/") | Category.objects.filter(
        pk=event.category_id
    )
    places = ProductCategory.objects.filter(category__in=below)
    _changed(set(places.values_list("product_id", flat=True)))


def _price_changed(event: PriceChanged) -> None:
    _changed(_products_of(event.variant_ids))


def _stock_changed(event: StockChanged) -> None:
    """A buyer's request does not wait for the index: a job takes care of it."""
    services.mark_stale(product_ids=_products_of(event.variant_ids))
    jobs.enqueue(TASK)


def _products_of(variant_ids: Iterable[int]) -> set[int]:
    rows = Variant.objects.filter(pk__in=set(variant_ids))
    return set(rows.values_list("product_id", flat=True))


def _changed(product_ids: Iterable[int]) -> None:
    ids = set(product_ids)
    services.mark_stale(product_ids=ids)
    if len(ids) <= ON_THE_SPOT:
        # Should this fail, the marks stay and the next drain sweeps them up.
        work = partial(services.index_marked, product_ids=ids, now=timezone.now())
        transaction.on_commit(work, robust=not settings.JOBS_INLINE)
    elif ids:
        jobs.enqueue(TASK)
