"""The one calculator: lines, offers, shipping and tax, each explained."""

from django.apps import AppConfig


class TotalsConfig(AppConfig):
    name = "shop.pricing.totals"
    label = "totals"
