"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "shop.sales.checkout"
    verbose_name = "Checkout"
