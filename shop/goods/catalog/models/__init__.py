"""Tables of the catalog."""

from shop.goods.catalog.models.attributes import (
    Attribute,
    AttributeChoice,
    AttributeValue,
    ProductType,
)
from shop.goods.catalog.models.categories import Category
from shop.goods.catalog.models.old_addresses import OldAddress
from shop.goods.catalog.models.products import (
    Product,
    ProductCategory,
    ProductImage,
    TaxClass,
    Variant,
)

__all__ = [
    "Attribute",
    "AttributeChoice",
    "AttributeValue",
    "Category",
    "OldAddress",
    "Product",
    "ProductCategory",
    "ProductImage",
    "ProductType",
    "TaxClass",
    "Variant",
]
