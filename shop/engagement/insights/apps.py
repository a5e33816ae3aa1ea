"""Insights as a Django app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Counts visits."""

    name = "shop.engagement.insights"
    label = "insights"
