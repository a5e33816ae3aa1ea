"""The app and what it plugs in when the process starts."""

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    name = "shop.sales.fulfillment"
    verbose_name = "Fulfilment"
