"""Customers as a Django app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Users, customers, addresses and consents."""

    name = "shop.directory.customers"
    label = "customers"

    def ready(self) -> None:
        """Listen to the account pages."""
        from shop.directory.customers import subscribers

        subscribers.connect()
