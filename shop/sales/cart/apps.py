"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class CartConfig(AppConfig):
    name = "shop.sales.cart"
    verbose_name = "Carts"
