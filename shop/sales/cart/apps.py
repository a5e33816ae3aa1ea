"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class CartConfig(AppConfig):
    name = "shop.sales.cart"
    verbose_name = "Carts"

    def ready(self) -> None:
        """Declare settings, listen to news."""
        from shop.sales.cart import options, subscribers  # noqa: F401

        subscribers.connect()
