"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    name = "shop.sales.fulfillment"
    verbose_name = "Fulfilment"

    def ready(self) -> None:
        """Declare settings, listen to news, and ask for regular work."""
        from shop.core import jobs, search_keys
        from shop.sales.fulfillment import selectors, subscribers, tasks

        subscribers.connect()
        search_keys.register("order.tracking_number", selectors.find_orders_by_tracking)
        jobs.register_drain("carrier notices", tasks.handle_waiting_notices)
        jobs.register_drain("parcels to plan", tasks.plan_forgotten_parcels)
