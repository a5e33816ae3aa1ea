"""The transfer app: import and export pipelines."""

from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "shop.platform.transfer"
    label = "transfer"
    verbose_name = "Import and export"

    def ready(self) -> None:
        from shop.core import jobs
        from shop.platform.transfer import options, tasks

        options.register()
        jobs.register_schedule("transfer.forget_files", tasks.FORGET_FILES, minutes=60)
