"""What is sold: products, variants, categories, attributes and pictures."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "shop.goods.catalog"
    label = "catalog"
