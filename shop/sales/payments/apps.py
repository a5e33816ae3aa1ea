"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "shop.sales.payments"
    verbose_name = "Payments"
