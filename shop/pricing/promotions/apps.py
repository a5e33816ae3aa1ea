"""Offers: the built-in volume discount."""

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "shop.pricing.promotions"
    label = "promotions"
