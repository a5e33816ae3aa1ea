"""The API as a Django app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What machines talk to; it keeps no rows of its own."""

    name = "shop.doors.api"
    label = "api"
    verbose_name = "API"
