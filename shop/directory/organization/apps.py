"""The organization as a Django app."""

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    """The store, its locations and its calendar."""

    name = "shop.directory.organization"
    label = "organization"
