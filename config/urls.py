"""Where each part of the product answers."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("reports/", include("reporting.urls")),
    path("", include("shop.doors.api.urls_operations")),
    path("", include("shop.doors.api.urls")),
    # The storefront's own account pages come before those of allauth.
    path("", include("shop.doors.storefront.urls")),
    path("account/", include("allauth.urls")),
    re_path(r"^media/(?P<path>.+)$", views.media, name="media"),
]
