"""Addresses of the storefront; account and checkout keep theirs in files of their own."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from shop.doors.storefront.views import styleguide

app_name = "storefront"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("shop.doors.storefront.urls_account")),
    path("", include("shop.doors.storefront.urls_checkout")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
