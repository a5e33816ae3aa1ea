"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "shop.sales.orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        """Declare settings, listen to news."""
        from shop.core import gauges, search_keys
        from shop.sales.orders import options, selectors, subscribers  # noqa: F401

        subscribers.connect()
        for name, finder in selectors.FINDERS.items():
            search_keys.register(f"order.{name}", finder)
        gauges.register(
            "store_orders_last_day",
            "Orders placed within 24 hours, by state.",
            selectors.placed_within_a_day,
            label="status",
        )
