"""Where each part of the product answers."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import views


def _stands(module: str) -> bool:
    """Whether this part of the tree has been built yet."""
    return Path(settings.BASE_DIR, *module.split(".")).with_suffix(".py").exists()


# A mount point, the module with its addresses; the storefront owns the root and comes last.
_MOUNTED = (
    ("reports/", "reporting.urls"),
    ("", "crm_sync.urls"),
    ("", "shop.doors.api.urls_operations"),
    ("", "shop.doors.api.urls"),
    ("", "shop.doors.storefront.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    *(path(prefix, include(module)) for prefix, module in _MOUNTED if _stands(module)),
    path("account/", include("allauth.urls")),
    re_path(r"^media/(?P<path>.+)$", views.media, name="media"),
]
