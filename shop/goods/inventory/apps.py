"""Where goods lie: stock items, their ledger and reservations."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "shop.goods.inventory"
    label = "inventory"

    def ready(self) -> None:
        from shop.core import jobs
        from shop.goods.inventory import tasks

        jobs.register_drain("inventory.release_expired", tasks.release_expired)
        jobs.register_schedule(
            "inventory.release_expired",
            "shop.goods.inventory.tasks.release_expired_now",
            minutes=1,
        )
