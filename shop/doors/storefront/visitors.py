"""Who is visiting: the actor for the audit trail and the customer whose things are shown."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from shop.core.actors import Actor, correlation_id
from shop.directory.access import selectors as access
from shop.directory.customers import selectors as customers
from shop.directory.customers.models import Customer

CHANNEL = "web"
MEMORY = "store_customer"


def actor_of(request: HttpRequest) -> Actor:
    """Name the person behind this request for timelines and audit entries."""
    return access.actor_for(request.user, channel=CHANNEL, correlation_id=correlation_id())


def customer_of(request: HttpRequest) -> Customer | None:
    """Return the signed-in visitor's customer, asked of the database once per request."""
    if not request.user.is_authenticated:
        return None
    known = cast("dict[str, Customer | None]", request.__dict__)
    if MEMORY not in known:
        known[MEMORY] = customers.customer_of(request.user)
    return known[MEMORY]
