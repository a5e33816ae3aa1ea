"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "shop.sales.orders"
    verbose_name = "Orders"
