"""Variant rows of an import."""

from shop.goods.catalog.bulk.batch import Batch
from shop.goods.catalog.data import VariantData
from shop.goods.catalog.exceptions import SkuTaken
from shop.goods.catalog.models import Product, Variant

COMPARED = ("title", "option_values", "barcode", "weight_grams", "is_active", "position")


def write(batch: Batch) -> None:
    """Create the variants that are new and change those that differ."""
    wanted = {data.sku: (product, data) for product, row in batch.products for data in row.variants}
    known = {row.sku: row for row in Variant.objects.filter(sku__in=wanted).order_by("pk")}
    new: list[Variant] = []
    changed: list[Variant] = []
    for sku, (product, data) in wanted.items():
        variant = known.get(sku)
        if variant is None:
            variant = Variant(product=product, sku=sku)
            new.append(variant)
        elif variant.product_id != product.pk:
            raise SkuTaken(sku)
        if _apply(variant, product, data) and variant.pk:
            variant.updated_at = batch.now
            changed.append(variant)
            batch.touch(product)
    for variant in new:
        batch.touch(variant.product)
    created = Variant.objects.bulk_create(new, batch_size=1000)
    Variant.objects.bulk_update(changed, [*COMPARED, "updated_at"], batch_size=300)
    batch.created_variants |= {variant.pk for variant in created}
    batch.updated_variants |= {variant.pk for variant in changed}


def title_of(product: Product, data: VariantData) -> str:
    """What tells a variant from its sisters: its options, in the product's order."""
    if data.title:
        return data.title[:255]
    options = data.option_values
    ordered = [options[name] for name in product.option_names if name in options]
    return " / ".join(ordered or options.values())[:255]


def _apply(variant: Variant, product: Product, data: VariantData) -> bool:
    wanted = {
        "title": title_of(product, data),
        "option_values": dict(data.option_values),
        "barcode": data.barcode[:40],
        "weight_grams": data.weight_grams,
        "is_active": data.is_active,
        "position": data.position,
    }
    is_changed = any(getattr(variant, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(variant, name, value)
    return is_changed
