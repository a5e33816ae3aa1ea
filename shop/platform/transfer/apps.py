"""The transfer app: import and export pipelines."""

from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "shop.platform.transfer"
    label = "transfer"
    verbose_name = "Import and export"

    def ready(self) -> None:
        from shop.platform.transfer import options

        options.register()
