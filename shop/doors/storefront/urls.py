"""Addresses of the storefront; account and checkout keep theirs in files of their own."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from shop.doors.storefront.views import browse, finding, site_files, styleguide

app_name = "storefront"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", browse.home, name="home"),
    path("c/<path:path>/", browse.category, name="category"),
    path("p/<slug:slug>/", browse.product, name="product"),
    path("search/", finding.results, name="search"),
    path("search/suggest/", finding.suggestions, name="suggest"),
    path("sitemap.xml", site_files.sitemap, name="sitemap"),
    path("robots.txt", site_files.robots, name="robots"),
    path("", include("shop.doors.storefront.urls_account")),
    path("", include("shop.doors.storefront.urls_checkout")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
