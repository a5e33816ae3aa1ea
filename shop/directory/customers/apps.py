"""Customers as a Django app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Users, customers, addresses and consents."""

    name = "shop.directory.customers"
    label = "customers"
