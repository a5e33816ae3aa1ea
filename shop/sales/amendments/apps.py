"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class AmendmentsConfig(AppConfig):
    name = "shop.sales.amendments"
    verbose_name = "Changes of orders"

    def ready(self) -> None:
        """Declare settings, listen to news, and ask for regular work."""
        from shop.core import jobs
        from shop.sales.amendments import tasks

        jobs.register_drain("unpaid orders", tasks.cancel_unpaid)
        jobs.register_schedule(
            "amendments.cancel_unpaid",
            "shop.sales.amendments.tasks.cancel_unpaid_now",
            minutes=1,
        )
