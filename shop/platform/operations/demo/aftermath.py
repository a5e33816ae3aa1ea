"""What followed an order of the past: its payment with refunds, its parcel on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.core.actors import Actor
from shop.directory.organization.models import Location
from shop.platform.operations.demo.places import WAREHOUSES
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Carrier
from shop.sales.fulfillment.services.history import PastParcel
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments.methods import CARD, METHODS
from shop.sales.payments.services.history import PastPayment

CASH_DELAY = timedelta(minutes=20)
LAST_MILE = timedelta(hours=3)
PACKING = timedelta(hours=20)
TRANSIT = timedelta(days=1)
REFUND_DELAY = timedelta(minutes=10)
GOODWILL_DELAY = timedelta(days=2)
FAILURE_DELAY = timedelta(minutes=2)


@dataclass(frozen=True)
class Routes:
    """From where parcels go, and who carries them."""

    by_state: dict[str, int]
    all_ids: Sequence[int]
    carrier_ids: Sequence[int]

    def location_for(self, order: Order) -> int:
        """The warehouse of the buyer's state, else always the same one for a city."""
        at_home = self.by_state.get(order.shipping_state)
        return at_home or self.all_ids[sum(map(ord, order.shipping_city)) % len(self.all_ids)]


def open_routes() -> Routes:
    """Read warehouses and carriers once."""
    codes = [place.code for place in WAREHOUSES]
    places = list(Location.objects.filter(code__in=codes).order_by("code"))
    return Routes(
        by_state={place.state: place.pk for place in reversed(places)},
        all_ids=[place.pk for place in places],
        carrier_ids=list(Carrier.objects.order_by("code").values_list("pk", flat=True)),
    )


def record_aftermath(
    order_ids: Sequence[int], routes: Routes, *, actor: Actor, now: datetime
) -> None:
    """Give past orders the payments and parcels that their states speak of."""
    orders = list(Order.objects.filter(pk__in=order_ids).prefetch_related("lines").order_by("pk"))
    payments.record_past_payments(payments=[_payment(one) for one in orders], actor=actor, now=now)
    arrived = [_parcel(one, routes) for one in orders if one.completed_at]
    fulfillment.record_past_parcels(parcels=arrived, now=now)


def paid_at(order: Order) -> datetime | None:
    """When the money came: at once by card, at the door in cash."""
    if not order.paid_total:
        return None
    if order.payment_method == CARD:
        return order.activated_at
    return order.completed_at - LAST_MILE + CASH_DELAY if order.completed_at else None


def refunded_at(order: Order) -> datetime | None:
    """When money went back: on the cancellation, else after a complaint."""
    if not order.refunded_total:
        return None
    if order.cancelled_at:
        return order.cancelled_at + REFUND_DELAY
    return order.completed_at + GOODWILL_DELAY if order.completed_at else None


def _payment(order: Order) -> PastPayment:
    has_failed = order.payment_status == "FAILED"
    captured_at = paid_at(order)
    gateway = METHODS[order.payment_method].gateway
    return PastPayment(
        order_id=order.pk,
        method=order.payment_method,
        gateway=gateway,
        amount=order.grand_total,
        currency=order.currency,
        opened_at=order.placed_at,
        captured_at=captured_at,
        failed_at=order.placed_at + FAILURE_DELAY if has_failed else None,
        failure="The bank refused the payment." if has_failed else "",
        reference=f"demo-{order.source_number}" if gateway else "",
        refunded=order.refunded_total,
        refunded_at=refunded_at(order),
        refund_reason="Order cancelled" if order.cancelled_at else "Arrived damaged",
    )


def _parcel(order: Order, routes: Routes) -> PastParcel:
    delivered_at = (order.completed_at or order.placed_at) - LAST_MILE
    turn = sum(map(ord, order.number))
    return PastParcel(
        order_id=order.pk,
        number=f"{order.number}-1",
        location_id=routes.location_for(order),
        carrier_id=routes.carrier_ids[turn % len(routes.carrier_ids)],
        tracking_number=f"TRK{order.number.replace('-', '')}",
        packed_at=order.placed_at + PACKING,
        shipped_at=order.placed_at + TRANSIT,
        delivered_at=delivered_at,
        quantities={line.pk: line.quantity for line in order.lines.all()},
    )
