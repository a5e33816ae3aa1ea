"""Finding products: search documents, facets and suggestions."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shop.engagement.search"
    label = "search"
