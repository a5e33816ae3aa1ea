"""Tax rates by class, country and date, and the GST split."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    name = "shop.pricing.tax"
    label = "tax"
