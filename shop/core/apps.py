"""The core as a Django app: it owns the tables that every package shares."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The ground floor."""

    name = "shop.core"
    label = "core"
    verbose_name = "System"
