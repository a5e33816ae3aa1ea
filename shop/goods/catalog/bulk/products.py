"""Product rows of an import."""

from collections import Counter
from collections.abc import Sequence

from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from shop.core.keys import new_key
from shop.goods.catalog import rich_text, slugs
from shop.goods.catalog.bulk.batch import Batch
from shop.goods.catalog.data import ProductData
from shop.goods.catalog.models import Product, ProductType, Variant

# The slug and the state of publication of a known product are not for a file to change.
COMPARED = (
    "name",
    "brand",
    "short_description",
    "description",
    "tax_class_id",
    "product_type_id",
    "primary_category_id",
    "hsn_code",
    "option_names",
    "meta_title",
    "meta_description",
    "source",
    "source_key",
)


def write(batch: Batch, rows: Sequence[ProductData]) -> None:
    """Create the products that are new and change those that differ."""
    rows = _last_of_each(rows)
    types = _product_types({row.product_type for row in rows if row.product_type})
    known = _Known(rows)
    new: list[tuple[Product, ProductData]] = []
    changed: list[Product] = []
    for row in rows:
        product = known.find(row)
        if product is None:
            product = Product(key=new_key(), owner_id=row.owner_id, custom=dict(row.custom))
            new.append((product, row))
        if _apply(batch, product, row, types) and product.pk:
            changed.append(product)
        batch.products.append((product, row))
    _create(batch, new)
    if changed:
        for product in changed:
            product.updated_at = batch.now
        bulk_update_with_history(changed, Product, [*COMPARED, "updated_at"], batch_size=200)
        batch.updated |= {product.pk for product in changed}


def _last_of_each(rows: Sequence[ProductData]) -> list[ProductData]:
    """One row for each product: where a file names one twice the last word counts."""
    chosen: dict[tuple[str, str], ProductData] = {}
    for position, row in enumerate(rows):
        if row.source_key:
            name = (row.source, row.source_key)
        elif row.variants:
            name = ("sku", row.variants[0].sku)
        else:
            name = ("row", str(position))
        chosen[name] = row
    return list(chosen.values())


def _product_types(codes: set[str]) -> dict[str, ProductType]:
    types = {row.code: row for row in ProductType.objects.filter(code__in=codes)}
    for code in sorted(codes - set(types)):
        name = code.replace("-", " ").capitalize()
        types[code] = ProductType.objects.create(code=code, name=name)
    return types


class _Known:
    """The products that rows may mean: by where they come from, else by what they sell."""

    def __init__(self, rows: Sequence[ProductData]) -> None:
        keys = {row.source_key for row in rows if row.source_key}
        by_source = Product.objects.select_for_update().filter(source_key__in=keys)
        self.by_source = {(row.source, row.source_key): row for row in by_source.order_by("pk")}
        skus = {variant.sku for row in rows if not row.source_key for variant in row.variants}
        owners = dict(Variant.objects.filter(sku__in=skus).values_list("sku", "product_id"))
        by_pk = Product.objects.select_for_update().in_bulk(set(owners.values()))
        self.by_sku = {sku: by_pk[pk] for sku, pk in owners.items()}

    def find(self, row: ProductData) -> Product | None:
        """The product that a row means, if there is one already."""
        if row.source_key:
            return self.by_source.get((row.source, row.source_key))
        return next((self.by_sku[one.sku] for one in row.variants if one.sku in self.by_sku), None)


def _apply(batch: Batch, product: Product, row: ProductData, types: dict[str, ProductType]) -> bool:
    """Carry a row onto its product; tell whether that changed anything."""
    places = batch.places_of(row)
    wanted = {
        "name": row.name[:255],
        "brand": row.brand[:120],
        "short_description": row.short_description[:500],
        "description": rich_text.clean(row.description),
        "tax_class_id": batch.tax_classes[row.tax_class].pk,
        "product_type_id": types[row.product_type].pk if row.product_type else None,
        "primary_category_id": places[0].pk if places else None,
        "hsn_code": row.hsn_code,
        "option_names": list(row.option_names),
        "meta_title": row.meta_title[:200],
        "meta_description": row.meta_description[:400],
        "source": row.source,
        "source_key": row.source_key,
    }
    if not row.source_key:
        # A plain file does not know where the product came from in the first place.
        wanted["source"], wanted["source_key"] = product.source, product.source_key
    is_changed = any(getattr(product, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(product, name, value)
    return is_changed


def _create(batch: Batch, new: list[tuple[Product, ProductData]]) -> None:
    if not new:
        return
    bases = {product.key: slugs.base_slug(row.slug, row.name, product.key) for product, row in new}
    direct = set(
        Product.objects.filter(slug__in=set(bases.values())).values_list("slug", flat=True)
    )
    # Only names that clash need the longer question.
    uses = Counter(bases.values())
    clashing = {base for base, used in uses.items() if base in direct or used > 1}
    taken = direct | set(
        Product.objects.filter(slug__in=slugs.clash_candidates(clashing)).values_list(
            "slug", flat=True
        )
    )
    free = slugs.assign_free(bases, taken)
    for product, row in new:
        product.slug = free[product.key]
        product.is_published = row.is_published and bool(row.variants)
        product.is_featured = row.is_featured
        product.published_at = batch.now if product.is_published else None
    created = bulk_create_with_history([product for product, _ in new], Product, batch_size=500)
    batch.created |= {product.pk for product in created}
