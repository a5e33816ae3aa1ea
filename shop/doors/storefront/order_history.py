"""Search and filters of a customer's order history."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from shop.core.dates import day_bounds
from shop.sales.orders.models import Order, OrderLine


def matching_orders(
    found: QuerySet[Order],
    *,
    text: str = "",
    status: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Order]:
    """Narrow one customer's orders by number or goods, status and store days."""
    if text:
        lines = OrderLine.objects.filter(order=OuterRef("pk")).filter(
            Q(title__icontains=text) | Q(sku__iexact=text)
        )
        found = found.filter(Q(number__icontains=text) | Exists(lines))
    if status:
        found = found.filter(status=status)
    if since:
        found = found.filter(placed_at__gte=day_bounds(since)[0])
    if until:
        found = found.filter(placed_at__lt=day_bounds(until)[1])
    return found
