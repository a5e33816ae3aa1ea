"""The back office app."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "shop.doors.backoffice"
    label = "backoffice"
    verbose_name = "Back office"
