"""Jobs that change orders."""

from datetime import datetime

from django.utils import timezone

from shop.sales.amendments import services
from shop.sales.payments import selectors as payments


def cancel_unpaid(now: datetime) -> int:
    """Call off the orders that nobody paid in time; answers how many."""
    waiting = payments.orders_unpaid_too_long(now)
    return sum(services.cancel_if_unpaid(order_id=order_id, now=now) for order_id in waiting)


def cancel_unpaid_now() -> int:
    """The same by the clock, which a schedule reads for us."""
    return cancel_unpaid(timezone.now())
