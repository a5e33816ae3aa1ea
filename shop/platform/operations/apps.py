"""The operations app registers its health probes and figures when Django is ready."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "shop.platform.operations"
    label = "operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        from shop.platform.operations import gauges, probes

        probes.register()
        gauges.register()
