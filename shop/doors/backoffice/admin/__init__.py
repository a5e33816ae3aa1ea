"""The admin pages, one module per part of the store."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from shop.doors.backoffice.admin import (
    goods,
    options,
    orders,
    parcels,
    payments,
    people,
    settings,
    stock,
    system,
    tree,
)

# Staff sign in where everybody does: the same limits, second factor and sign-in log.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

__all__ = [
    "goods",
    "options",
    "orders",
    "parcels",
    "payments",
    "people",
    "settings",
    "stock",
    "system",
    "tree",
]
