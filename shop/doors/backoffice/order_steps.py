"""The allowed next steps of an order: who may take them, what they ask, which service they call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop.core.actors import Actor
from shop.doors.backoffice.forms import CancelOrderForm, DelayForm, RefundForm, ShipForm
from shop.sales.amendments import policies as amendment_policies
from shop.sales.amendments import services as amendments
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order
from shop.sales.orders.workflows import ORDER_WORKFLOW
from shop.sales.payments import services as payments
from shop.sales.payments.models import Payment, Refund

Run = Callable[..., Any]


@dataclass(frozen=True)
class Kind:
    """One kind of step."""

    name: str
    label: str | Promise
    permission: str
    run: Run
    form_class: type[forms.Form] | None = None
    is_danger: bool = False


@dataclass(frozen=True)
class Step:
    """A step that this order allows now; `target` is the payment or shipment it is about."""

    kind: Kind
    target: int = 0
    detail: str = ""
    form: forms.Form | None = None

    @property
    def address(self) -> str:
        """Where its form is sent, below the order's page."""
        return f"step/{self.kind.name}/{self.target}/"


def _cancel(order: Order, _target: int, data: dict[str, Any], **by: Any) -> None:
    amendments.cancel_order(order_id=order.pk, reason=data["reason"], note=data["note"], **by)


def _plan(order: Order, _target: int, _data: dict[str, Any], **by: Any) -> None:
    fulfillment.create_shipments(order_id=order.pk, **by)


def _pack(_order: Order, target: int, _data: dict[str, Any], **by: Any) -> None:
    fulfillment.mark_packed(shipment_id=target, **by)


def _ship(_order: Order, target: int, data: dict[str, Any], **by: Any) -> None:
    fulfillment.mark_shipped(
        shipment_id=target,
        carrier_code=data["carrier_code"],
        tracking_number=data["tracking_number"],
        **by,
    )


def _bring_out(_order: Order, target: int, _data: dict[str, Any], **by: Any) -> None:
    fulfillment.mark_out_for_delivery(shipment_id=target, **by)


def _deliver(_order: Order, target: int, _data: dict[str, Any], **by: Any) -> None:
    fulfillment.mark_delivered(shipment_id=target, **by)


def _cash(_order: Order, target: int, _data: dict[str, Any], **by: Any) -> None:
    payments.confirm_cash(payment_id=target, **by)


def _refund(_order: Order, target: int, data: dict[str, Any], **by: Any) -> None:
    payments.refund(payment_id=target, amount=data["amount"], reason=data["reason"], **by)


def _refund_handed_over(_order: Order, target: int, _data: dict[str, Any], **by: Any) -> None:
    payments.confirm_refund(refund_id=target, **by)


def _refund_again(_order: Order, target: int, _data: dict[str, Any], **by: Any) -> None:
    payments.retry_refund(refund_id=target, **by)


def _delay(_order: Order, target: int, data: dict[str, Any], **by: Any) -> None:
    fulfillment.note_delay(shipment_id=target, message=data["reason"], **by)


def _complete(order: Order, _target: int, _data: dict[str, Any], **by: Any) -> None:
    orders.complete(order_id=order.pk, **by)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("plan", _("Create shipments"), "fulfillment.pack_shipment", _plan),
        Kind("pack", _("Mark as packed"), "fulfillment.pack_shipment", _pack),
        Kind("ship", _("Ship"), "fulfillment.ship_shipment", _ship, ShipForm),
        Kind("bring-out", _("Out for delivery"), "fulfillment.ship_shipment", _bring_out),
        Kind("deliver", _("Mark as delivered"), "fulfillment.ship_shipment", _deliver),
        Kind("delay", _("Report a delay"), "fulfillment.ship_shipment", _delay, DelayForm),
        Kind("cash", _("Cash received"), "payments.confirm_cash", _cash),
        Kind("complete", _("Complete order"), "orders.complete_order", _complete),
        Kind("refund", _("Refund"), "payments.refund_payment", _refund, RefundForm, is_danger=True),
        Kind(
            "refund-handed-over", _("Refund handed over"), "payments.refund_payment",
            _refund_handed_over,
        ),
        Kind("refund-again", _("Try refund again"), "payments.refund_payment", _refund_again),
        Kind(
            "cancel", _("Cancel order"), "orders.cancel_order", _cancel, CancelOrderForm,
            is_danger=True,
        ),
    )
}  # fmt: skip
UNDER_WAY = ("SHIPPED", "OUT_FOR_DELIVERY")
BY_SHIPMENT_STATE = {
    "PENDING": "pack",
    "PACKED": "ship",
    "SHIPPED": "bring-out",
    "OUT_FOR_DELIVERY": "deliver",
}


def steps_of(user: Any, order: Order, shipments: list[Shipment], paid: list[Payment]) -> list[Step]:
    """The steps that this person may take with this order now."""
    return [step for step in _possible(order, shipments, paid) if may_take(user, step.kind)]


def may_take(user: Any, kind: Kind) -> bool:
    """Whether the person's roles include the step."""
    return bool(user.has_perm(kind.permission))


def take(
    step: Kind, order: Order, target: int, data: dict[str, Any], *, actor: Actor, now: Any
) -> None:
    """Call the one service behind a step."""
    step.run(order, target, data, actor=actor, now=now)


def _possible(order: Order, shipments: list[Shipment], paid: list[Payment]) -> Iterator[Step]:
    if order.is_history:
        return
    if order.status == "ACTIVATED":
        yield from _parcel_steps(shipments)
    elif order.status == "COMPLETED":
        # Paid and closed, yet its last parcels may still be on the road.
        on_the_road = [parcel for parcel in shipments if parcel.state in UNDER_WAY]
        yield from _parcel_steps(on_the_road) if on_the_road else ()
    yield from _money_steps(order, paid)
    # An order that is still to be paid cannot be closed, so it is not offered.
    if ORDER_WORKFLOW.allows(order.status, "complete") and order.open_amount <= 0:
        yield Step(KINDS["complete"])
    if amendment_policies.is_cancellable(order):
        yield Step(KINDS["cancel"], form=CancelOrderForm())


def _money_steps(order: Order, paid: list[Payment]) -> Iterator[Step]:
    for payment in paid:
        is_due = payment.accepted_at is not None and payment.state == "PENDING"
        if is_due and order.status == "ACTIVATED":
            yield Step(KINDS["cash"], payment.pk, f"{payment.amount:.2f} {payment.currency}")
        refunds = list(payment.refunds.all())
        yield from _refund_steps(payment, refunds)
        asked = sum((one.amount for one in refunds if one.state == "PENDING"), Decimal(0))
        left = payment.refundable_amount - asked
        if left > 0:
            start = {"amount": f"{left:.2f}"}
            yield Step(KINDS["refund"], payment.pk, payment.method, RefundForm(initial=start))


def _refund_steps(payment: Payment, refunds: list[Refund]) -> Iterator[Step]:
    """A gateway confirms its refunds; the others are confirmed by whoever hands the money over."""
    for one in refunds:
        detail = f"{one.amount:.2f} {payment.currency}"
        if one.state == "PENDING" and not payment.gateway:
            yield Step(KINDS["refund-handed-over"], one.pk, detail)
        elif one.state == "FAILED":
            yield Step(KINDS["refund-again"], one.pk, detail)


def _parcel_steps(shipments: list[Shipment]) -> Iterator[Step]:
    open_ones = [parcel for parcel in shipments if parcel.state != "CANCELLED"]
    if not open_ones:
        yield Step(KINDS["plan"])
    for parcel in open_ones:
        name = BY_SHIPMENT_STATE.get(parcel.state)
        if name:
            form = ShipForm() if name == "ship" else None
            yield Step(KINDS[name], parcel.pk, parcel.number, form)
        if parcel.state in UNDER_WAY:
            yield Step(KINDS["delay"], parcel.pk, parcel.number, DelayForm())
