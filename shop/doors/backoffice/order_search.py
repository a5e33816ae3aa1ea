"""By which words somebody at a desk finds orders."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from shop.core import search_keys
from shop.directory.access import policies as access
from shop.sales.orders import policies

MOST_FOUND = 50


def find_orders(user: Any, text: str) -> list[int]:
    """Answer the orders that this person may look up by this text.

    Sellers ask by number and by their own SKUs; by a name or an e-mail they would learn who bought.
    """
    wanted = text.strip()
    if not access.is_seller_only(user):
        return search_keys.find_orders(wanted)
    sold = policies.lines_visible_to(user).filter(
        Q(order__number=wanted.upper()) | Q(sku__in={wanted, wanted.upper()})
    )
    newest = sold.order_by("-order__placed_at", "-pk").values_list("order_id", flat=True)
    return list(dict.fromkeys(newest[:MOST_FOUND]))
