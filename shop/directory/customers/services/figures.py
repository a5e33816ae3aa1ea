"""The figures that are kept on a customer: purchases and their value."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from shop.core.events import publish
from shop.core.statements import Statement
from shop.directory.customers.events import CustomerChanged
from shop.directory.customers.models import Customer

FIGURES = [
    "first_order_at",
    "last_order_at",
    "order_count",
    "lifetime_value",
    "currency",
    "updated_at",
]

LOCKED = Statement(lambda pk: Customer.objects.select_for_update().filter(pk=pk))


@transaction.atomic(savepoint=False)
def note_purchase(
    *,
    customer_id: int,
    amount: Decimal,
    currency: str,
    now: datetime,
    locked: Customer | None = None,
) -> Customer:
    """Count a purchase; the first one decides the currency of the lifetime value.

    Who has locked the customer's row in this transaction hands it along.
    """
    customer = locked or LOCKED.get(pk=customer_id)
    customer.first_order_at = min(customer.first_order_at or now, now)
    customer.last_order_at = max(customer.last_order_at or now, now)
    if customer.order_count == 0:
        customer.currency = currency
    customer.order_count += 1
    if customer.currency == currency:
        customer.lifetime_value += amount
    customer.save(update_fields=FIGURES)
    publish(CustomerChanged(customer_id))
    return customer


@transaction.atomic(savepoint=False)
def take_back_purchase(
    *, customer_id: int, amount: Decimal, currency: str, now: datetime
) -> Customer:
    """Take a cancelled purchase out of the figures; that somebody once bought stays true."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    customer.order_count = max(customer.order_count - 1, 0)
    if customer.currency == currency:
        customer.lifetime_value -= amount
    customer.save(update_fields=FIGURES)
    publish(CustomerChanged(customer_id))
    return customer
