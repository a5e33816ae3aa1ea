"""The admin pages, one module per part of the store."""

from shop.doors.backoffice.admin import (
    goods,
    orders,
    parcels,
    payments,
    people,
    settings,
    stock,
    system,
    tree,
)

__all__ = [
    "goods",
    "orders",
    "parcels",
    "payments",
    "people",
    "settings",
    "stock",
    "system",
    "tree",
]
