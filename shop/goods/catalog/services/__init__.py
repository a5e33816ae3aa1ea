"""Everything that changes the catalog."""

from shop.goods.catalog.services.attributes import (
    save_attribute,
    save_choice,
    save_product_type,
    set_attribute,
)
from shop.goods.catalog.services.categories import (
    ensure_categories,
    move_category,
    refresh_product_counts,
    save_category,
)
from shop.goods.catalog.services.images import attach_image, attach_picture, remove_image
from shop.goods.catalog.services.imports import upsert_products
from shop.goods.catalog.services.products import (
    ensure_tax_class,
    publish_product,
    save_product,
    set_rating,
    unpublish_product,
)
from shop.goods.catalog.services.variants import save_variant

__all__ = [
    "attach_image",
    "attach_picture",
    "ensure_categories",
    "ensure_tax_class",
    "move_category",
    "publish_product",
    "refresh_product_counts",
    "remove_image",
    "save_attribute",
    "save_category",
    "save_choice",
    "save_product",
    "save_product_type",
    "save_variant",
    "set_attribute",
    "set_rating",
    "unpublish_product",
    "upsert_products",
]
