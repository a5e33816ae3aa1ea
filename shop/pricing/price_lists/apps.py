"""What a variant costs: price lists and their prices."""

from django.apps import AppConfig


class PriceListsConfig(AppConfig):
    name = "shop.pricing.price_lists"
    label = "price_lists"
