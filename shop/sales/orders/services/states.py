"""The three steps of an order after it was placed: activate, complete, cancel."""

from datetime import datetime

from django.db import transaction

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.statements import Statement
from shop.directory.customers import services as customers
from shop.goods.inventory import services as inventory
from shop.sales.orders.events import OrderActivated, OrderCancelled, OrderCompleted
from shop.sales.orders.exceptions import OrderIncomplete, PaymentOutstanding
from shop.sales.orders.models import Order, OrderAllocation, OrderStatus
from shop.sales.orders.services.locking import lock_order
from shop.sales.orders.workflows import ORDER_WORKFLOW

RESERVATIONS = Statement(
    lambda order_id: OrderAllocation.objects.filter(line__order_id=order_id).values_list(
        "reservation_id", flat=True
    )
)


@transaction.atomic
def activate(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """Make an order binding, and turn what was held for it into an allocation."""
    return activate_locked(order=lock_order(order_id=order_id), actor=actor, now=now)


def activate_locked(*, order: Order, actor: Actor, now: datetime) -> Order:
    """The same for an order that the caller has locked, or has written in this transaction."""
    target = ORDER_WORKFLOW.target(order.status, "activate")
    reservations = _reservations(order)
    _check_complete(order, has_lines=bool(reservations) or order.lines.exists())
    inventory.allocate(reservation_ids=reservations, now=now)
    order.activated_at = now
    _move(order, target, "order.activated", "Order activated", actor, now, "activated_at")
    publish(
        OrderActivated(
            order_id=order.pk,
            order_key=order.key,
            number=order.number,
            placed_at=order.placed_at,
        )
    )
    return order


@transaction.atomic
def complete(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """Close an order; refused while any of its amount is still to be paid."""
    order = lock_order(order_id=order_id)
    target = ORDER_WORKFLOW.target(order.status, "complete")
    if order.open_amount > 0:
        raise PaymentOutstanding(order.open_amount, order.currency)
    order.completed_at = now
    _move(order, target, "order.completed", "Order completed", actor, now, "completed_at")
    publish(OrderCompleted(order_id=order.pk, order_key=order.key, number=order.number))
    return order


@transaction.atomic
def mark_cancelled(*, order_id: int, reason: str, note: str, actor: Actor, now: datetime) -> Order:
    """Write down that an order will not be carried out, and let go of what was held for it."""
    order = lock_order(order_id=order_id)
    target = ORDER_WORKFLOW.target(order.status, "cancel")
    inventory.release(reservation_ids=_reservations(order), actor=actor, now=now)
    customers.take_back_purchase(
        customer_id=order.customer_id, amount=order.grand_total, currency=order.currency, now=now
    )
    order.cancelled_at = now
    order.cancel_reason = reason
    message = f"Order cancelled: {note}" if note else "Order cancelled"
    _move(order, target, "order.cancelled", message, actor, now, "cancelled_at", "cancel_reason")
    publish(
        OrderCancelled(
            order_id=order.pk,
            order_key=order.key,
            number=order.number,
            placed_at=order.placed_at,
            reason=reason,
        )
    )
    return order


def _check_complete(order: Order, *, has_lines: bool) -> None:
    if not order.price_list_code:
        raise OrderIncomplete("An order needs a price list before it is activated.")
    if not order.customer_id:
        raise OrderIncomplete("An order needs a customer before it is activated.")
    if not has_lines:
        raise OrderIncomplete("An order needs at least one line before it is activated.")


def _reservations(order: Order) -> list[int]:
    return RESERVATIONS.all(order_id=order.pk)


def _move(
    order: Order, target: str, kind: str, message: str, actor: Actor, now: datetime, *columns: str
) -> None:
    before, order.status, order.updated_at = order.status, OrderStatus(target), now
    order.save(update_fields=["status", "updated_at", *columns])
    timeline.record(
        subject_type="order",
        subject_key=order.key,
        thread_type="order",
        thread_key=order.key,
        kind=kind,
        message=message,
        actor=actor,
        now=now,
        data={"from": before, "to": target, "reason": order.cancel_reason},
    )
