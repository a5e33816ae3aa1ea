"""Which location serves which line, and why."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "shop.goods.routing"
    label = "routing"
