"""The core as a Django app: it owns the tables that every package shares."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

OUR_ROOTS = ("shop.", "crm_sync", "reporting", "returns")


class CoreConfig(AppConfig):
    """The ground floor."""

    name = "shop.core"
    label = "core"
    verbose_name = "System"

    def ready(self) -> None:
        """Hear of every business setting: packages declare theirs in `options.py`."""
        for app in apps.get_app_configs():
            module = f"{app.name}.options"
            if app.name.startswith(OUR_ROOTS) and find_spec(module):
                import_module(module)
