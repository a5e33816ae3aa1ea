"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class AmendmentsConfig(AppConfig):
    name = "shop.sales.amendments"
    verbose_name = "Amendments"
