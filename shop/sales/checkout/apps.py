"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "shop.sales.checkout"
    verbose_name = "Checkout"

    def ready(self) -> None:
        """Declare settings, listen to news, and ask for regular work."""
        from shop.core import jobs
        from shop.sales.checkout import options, subscribers, tasks  # noqa: F401

        subscribers.connect()
        jobs.register_drain("checkouts", tasks.expire_checkouts)
        jobs.register_schedule(
            "checkout.expire", "shop.sales.checkout.tasks.expire_checkouts_now", minutes=1
        )
