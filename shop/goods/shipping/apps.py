"""How goods could travel: methods, fees and the delivery promise."""

from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "shop.goods.shipping"
    label = "shipping"
