"""The storefront as a Django app."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Pages for customers; it keeps no rows of its own."""

    name = "shop.doors.storefront"
    label = "storefront"
    verbose_name = "Storefront"
