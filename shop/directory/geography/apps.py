"""Geography as a Django app."""

from django.apps import AppConfig


class GeographyConfig(AppConfig):
    """Places and the way between them."""

    name = "shop.directory.geography"
    label = "geography"
