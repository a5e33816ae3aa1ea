"""Products from files, many at a time: a few statements for each thousand rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import RowsWritten, publish
from shop.goods.catalog import counts
from shop.goods.catalog.bulk import attributes, places, products, variants
from shop.goods.catalog.bulk.batch import Batch
from shop.goods.catalog.data import BulkResult, ProductData
from shop.goods.catalog.events import ProductsImported
from shop.goods.catalog.services.categories import ensure_categories
from shop.goods.catalog.services.products import ensure_tax_class
from shop.goods.catalog.tree_cache import forget_tree

ROWS_AT_ONCE = 1000


@transaction.atomic
def upsert_products(*, rows: Sequence[ProductData], actor: Actor, now: datetime) -> BulkResult:
    """Create or change many products with their variants; what is already so is not touched.

    A row is known by its source and source key, else by the SKU of one of its variants.
    """
    result = BulkResult(created=0, updated=0, unchanged=0)
    for part in _parts(rows):
        result += _upsert_part(part, actor, now)
    if result.created or result.updated:
        counts.refresh()
        forget_tree()
    return result


def _parts(rows: Sequence[ProductData]) -> Iterator[Sequence[ProductData]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _upsert_part(rows: Sequence[ProductData], actor: Actor, now: datetime) -> BulkResult:
    paths = {path for row in rows for path in row.category_paths}
    batch = Batch(
        now=now,
        tax_classes={code: ensure_tax_class(code=code) for code in {row.tax_class for row in rows}},
        categories=ensure_categories(paths=paths, actor=actor, now=now),
    )
    products.write(batch, rows)
    variants.write(batch)
    places.write(batch)
    attributes.write(batch)
    _tell("catalog.Product", batch.created, "create")
    _tell("catalog.Product", batch.updated, "update")
    _tell("catalog.Variant", batch.created_variants, "create")
    _tell("catalog.Variant", batch.updated_variants, "update")
    if touched := batch.created | batch.updated:
        publish(ProductsImported(product_ids=tuple(sorted(touched))))
    return BulkResult(
        created=len(batch.created),
        updated=len(batch.updated),
        unchanged=len(batch.products) - len(batch.created) - len(batch.updated),
        changed_ids=tuple(sorted(touched)),
    )


def _tell(label: str, pks: set[int], operation: str) -> None:
    if pks:
        publish(RowsWritten(model_label=label, pks=tuple(sorted(pks)), operation=operation))
