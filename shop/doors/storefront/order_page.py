"""One order as the customer's pages show it: where it stands, what comes next, what was bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shop.sales.amendments import policies as amendments
from shop.sales.fulfillment import selectors as fulfillment
from shop.sales.orders import selectors as orders
from shop.sales.orders.models import Order
from shop.sales.payments import selectors as payments
from shop.sales.payments.methods import method_label
from shop.sales.payments.models import Payment

# What a customer wants to hear of the timeline; staff notes and sync entries stay inside.
PUBLIC_PREFIXES = ("order.", "payment.", "shipment.", "refund.")


@dataclass(frozen=True)
class Step:
    """One dot of the progress line."""

    label: str
    state: str  # done, current, ahead
    at: datetime | None = None


@dataclass(frozen=True)
class OrderPage:
    """Facts for the templates; everything is loaded, nothing queries later."""

    order: Order
    lines: list[Any]
    billing: Any
    shipping: Any
    payments: list[Any]
    shipments: list[Any]
    history: list[dict[str, Any]]
    tax_rows: list[dict[str, Any]]
    steps: list[Step]
    headline: str
    can_cancel: bool
    can_pay: bool
    is_final: bool
    urls: Mapping[str, str]

    @property
    def shipping_lines(self) -> list[str]:
        """The delivery address as lines."""
        return self.shipping.postal_address().lines() if self.shipping else []

    @property
    def billing_lines(self) -> list[str]:
        """The billing address as lines."""
        return self.billing.postal_address().lines() if self.billing else []


def order_page(order: Order, *, actor_urls: Mapping[str, str]) -> OrderPage:
    """Gather one order's page with a constant number of queries."""
    facts = orders.page_of(order)
    entries = [entry for entry in facts.timeline if entry.kind.startswith(PUBLIC_PREFIXES)]
    shipments = fulfillment.parcels_of(order.pk)
    return OrderPage(
        order=facts.order,
        lines=list(facts.lines),
        billing=facts.billing,
        shipping=facts.shipping,
        payments=[_payment(row) for row in payments.tries_of(order.pk)],
        shipments=shipments,
        history=[_entry(entry) for entry in reversed(entries)],
        tax_rows=_tax_rows(facts.order),
        steps=_steps(facts.order, shipments),
        headline=_headline(facts.order),
        can_cancel=amendments.is_cancellable(facts.order),
        can_pay=facts.order.status == "DRAFT"
        and facts.order.payment_status in {"PENDING", "FAILED"},
        is_final=facts.order.status in {"COMPLETED", "CANCELLED"},
        urls=actor_urls,
    )


def _headline(order: Order) -> str:
    if order.status == "CANCELLED":
        return _("This order was cancelled")
    if order.status == "DRAFT":
        return (
            _("Your payment did not go through")
            if order.payment_status == "FAILED"
            else _("We are waiting for your payment")
        )
    return {
        "DELIVERED": _("Delivered"),
        "OUT_FOR_DELIVERY": _("Out for delivery today"),
        "SHIPPED": _("On its way"),
        "PART_SHIPPED": _("Partly on its way"),
        "PACKED": _("Packed and ready to go"),
        "RETURNED": _("Returned"),
    }.get(order.fulfillment_status, _("We are preparing your order"))


def _payment(row: Payment) -> dict[str, Any]:
    """One payment in the words of the checkout; the gateway's reference stays inside."""
    return {
        "label": method_label(row.method),
        "state": row.state,
        "amount": row.amount,
        "currency": row.currency,
    }


def _entry(entry: Any) -> dict[str, Any]:
    """One timeline entry in the words of the timeline component."""
    is_bad = entry.kind.endswith(("failed", "cancelled"))
    return {
        "title": entry.message,
        "at": entry.occurred_at,
        "state": "bad" if is_bad else "done",
        "drawing": "circle-x" if is_bad else "circle-check",
    }


def _tax_rows(order: Order) -> list[dict[str, Any]]:
    """GST by kind and rate, as stored on the order."""
    rows = []
    for part in order.tax_summary:
        for kind in ("cgst", "sgst", "igst"):
            amount = Decimal(str(part.get(kind, 0)))
            if amount:
                rate = Decimal(str(part["rate"])) / (1 if kind == "igst" else 2)
                rows.append({"label": f"{kind.upper()} {rate.normalize():f} %", "amount": amount})
    return rows


def _steps(order: Order, shipments: list[Any]) -> list[Step]:
    """Placed, paid, packed, shipped, out for delivery, delivered — with their times."""
    reached: list[tuple[str, datetime | None, bool]] = [
        (_("Placed"), order.placed_at, True),
        (_("Confirmed"), order.activated_at, order.activated_at is not None),
    ]
    for label, field, states in (
        (_("Packed"), "packed_at", ("PACKED", "SHIPPED", "OUT_FOR_DELIVERY", "DELIVERED")),
        (_("Shipped"), "shipped_at", ("SHIPPED", "OUT_FOR_DELIVERY", "DELIVERED")),
        (_("Out for delivery"), "out_for_delivery_at", ("OUT_FOR_DELIVERY", "DELIVERED")),
        (_("Delivered"), "delivered_at", ("DELIVERED",)),
    ):
        times = [at for shipment in shipments if (at := getattr(shipment, field, None))]
        done = order.fulfillment_status in states
        reached.append((label, max(times) if times and done else None, done))
    last = max(index for index, (_label, _at, done) in enumerate(reached) if done)
    return [
        Step(label, "current" if index == last else "done" if done else "ahead", at)
        for index, (label, at, done) in enumerate(reached)
    ]
