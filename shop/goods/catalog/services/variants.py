"""Saving one variant of a product."""

from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import publish
from shop.goods.catalog.data import VariantData
from shop.goods.catalog.events import ProductChanged
from shop.goods.catalog.exceptions import SkuTaken
from shop.goods.catalog.models import Product, Variant


@transaction.atomic
def save_variant(
    *,
    product_id: int,
    data: VariantData,
    variant_id: int | None = None,
    image_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Variant:
    """Create a variant or change it; a SKU belongs to one variant of one product."""
    product = Product.objects.select_for_update().get(pk=product_id)
    sku = data.sku.strip()
    holder = Variant.objects.filter(sku=sku).first()
    variant = product.variants.get(pk=variant_id) if variant_id else holder
    if holder and (holder.product_id != product_id or holder != variant):
        raise SkuTaken(sku)
    variant = variant or Variant(product=product)
    variant.sku = sku
    variant.option_values = dict(data.option_values)
    variant.title = data.title or " / ".join(data.option_values.values())
    for name in ("barcode", "weight_grams", "is_active", "position"):
        setattr(variant, name, getattr(data, name))
    if image_id:
        variant.image = product.images.get(pk=image_id)
    variant.save()
    publish(ProductChanged(product_id=product_id))
    return variant
