"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "shop.sales.payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        """Declare settings, listen to news, and ask for regular work."""
        from shop.core import jobs
        from shop.sales.payments import options, tasks  # noqa: F401

        jobs.register_drain("payment notices", tasks.handle_waiting_notices)
        jobs.register_drain("refunds", tasks.send_due_refunds)
        jobs.register_drain("simulator", tasks.deliver_due)
        jobs.register_schedule("payments.sweep", "shop.sales.payments.tasks.sweep", minutes=1)
