"""The orders of the last days go through the till like any other, so nothing about them is made up.

Each is placed in the past of its own clock and then taken as far as such an order would be by now.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from shop.core import inbox
from shop.core.actors import GUEST, SYSTEM, Actor
from shop.directory.customers.models import Customer
from shop.goods.inventory import selectors as inventory
from shop.platform.operations.demo.history import Market
from shop.platform.operations.demo.sizes import LIVE_SOURCE
from shop.pricing.totals import selectors as pricing
from shop.pricing.totals.dataclasses import WantedLine
from shop.sales.amendments import services as amendments
from shop.sales.cart import services as carts
from shop.sales.checkout import services as checkout
from shop.sales.checkout.dataclasses import Purchase
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments.gateways import protocol
from shop.sales.payments.methods import CARD, CASH_ON_DELIVERY, available_methods
from shop.sales.payments.models import Payment
from shop.sales.payments.services.notices import INBOX_SOURCE

DAYS = 9
GATEWAY = "testpay"
_SHOPPER = Actor(kind=GUEST, label="Guest", channel="web")
_STAFF = Actor(kind=SYSTEM, label="Warehouse", channel="admin")
_CARRIERS = ("bluedart", "indiapost", "delhivery")

Step = Callable[["Story"], None]


class Story:
    """One live order and the clock that its next step will read."""

    def __init__(self, order: Order, clock: datetime, random: Random) -> None:
        self.order = order
        self.clock = clock
        self.random = random

    def later(self, hours: float) -> datetime:
        self.clock += timedelta(hours=hours)
        return self.clock

    def parcels(self) -> list[int]:
        rows = Shipment.objects.filter(order=self.order).order_by("pk")
        return list(rows.values_list("pk", flat=True))

    @property
    def payment(self) -> Payment:
        return Payment.objects.filter(order=self.order).latest("pk")


def place_live_orders(
    count: int, market: Market, *, seed: int, customers: Sequence[Customer], now: datetime
) -> int:
    """Place what is missing of the live orders; answers how many were placed."""
    made = 0
    for number in range(1, count + 1):
        # Drawn for every number, so that a second run draws the same for those that are missing.
        random = Random(f"{seed} {LIVE_SOURCE} {number}")  # noqa: S311 - a demo must be repeatable
        reference = f"L-{number:03d}"
        if Order.objects.filter(source=LIVE_SOURCE, source_number=reference).exists():
            continue
        age = DAYS * (count - number + 0.3) / count
        placed_at = now - timedelta(days=age)
        with transaction.atomic():  # an order is told whole, or told anew by the next run
            story = _place(reference, number, market, random, customers, placed_at)
            if story is not None:
                made += 1
                _tell(story, number, now)
    return made


def _place(
    reference: str,
    number: int,
    market: Market,
    random: Random,
    customers: Sequence[Customer],
    placed_at: datetime,
) -> Story | None:
    person = random.choices(market.people, market.keenness)[0]
    customer = customers[number % len(customers)] if customers and number % 5 == 0 else None
    lines = _wanted(market, random)
    if not lines:
        return None
    totals = pricing.quote(
        lines=lines, destination=person.address, shipping_code="standard", now=placed_at
    )
    cart = carts.open_cart(
        customer_id=customer.pk if customer else None, currency="INR", now=placed_at
    )
    for line in lines:
        carts.add_line(
            cart_id=cart.pk,
            variant_id=line.variant_id,
            quantity=line.quantity,
            actor=_SHOPPER,
            now=placed_at,
        )
    placed = checkout.place_order(
        purchase=Purchase(
            cart_key=cart.key,
            email=customer.email if customer else person.email,
            full_name=person.full_name,
            phone=person.phone,
            billing=person.address,
            shipping=person.address,
            shipping_code="standard",
            payment_method=_method(number, totals.grand_total),
            expected_total=totals.grand_total,
            customer_id=customer.pk if customer else None,
            source=LIVE_SOURCE,
            source_number=reference,
        ),
        actor=_SHOPPER,
        idempotency_key=f"{LIVE_SOURCE}-{reference}",
        now=placed_at,
    )
    return Story(Order.objects.get(number=placed.number), placed_at, random)


def _wanted(market: Market, random: Random) -> list[WantedLine]:
    chosen = {one.variant_id for one in random.choices(market.variants, market.weights, k=3)}
    stock = inventory.available(chosen)
    ids = sorted(pk for pk in chosen if stock.get(pk, 0) > 2)[: random.randrange(1, 4)]
    return [WantedLine(str(pk), pk, 1) for pk in ids]


def _method(number: int, total: Decimal) -> str:
    offered = {
        one.code for one in available_methods(currency="INR", grand_total=total, country="IN")
    }
    wanted = CASH_ON_DELIVERY if number % 3 == 0 else CARD
    return wanted if wanted in offered else min(offered)


def _tell(story: Story, number: int, now: datetime) -> None:
    """Take an order as far as its age allows; a few stay unpaid, a few are cancelled."""
    _pay(story, is_paid=number % 8 != 7)
    if number % 10 == 9:
        _cancel(story)
        return
    days = (now - story.clock) / timedelta(days=1)
    steps: list[tuple[float, Step]] = [(0.5, _pack), (1, _ship), (4, _deliver), (6, _complete)]
    for age, step in steps:
        story.order.refresh_from_db()
        if days < age or story.order.status != "ACTIVATED":
            return
        step(story)


def _pay(story: Story, *, is_paid: bool) -> None:
    payment = story.payment
    if payment.method != CARD or not is_paid:
        return
    started = payments.start(payment_id=payment.pk, now=story.later(0.01))
    facts = {
        "id": f"evt_demo_{payment.key}",
        "reference": started.reference,
        "status": protocol.PAID,
        "amount": str(payment.amount),
        "currency": payment.currency,
        "order_number": story.order.number,
        "occurred_at": story.later(0.03).isoformat(),
    }
    receipt = inbox.receive(
        source=INBOX_SOURCE + GATEWAY,
        external_id=facts["id"],
        body=json.dumps(facts),
        headers={},
        now=story.clock,
    )
    payments.handle_webhook(inbox_id=receipt.id, now=story.clock)


def _cancel(story: Story) -> None:
    amendments.cancel_order(
        order_id=story.order.pk,
        reason="CHANGED_MIND",
        note="",
        actor=_SHOPPER,
        now=story.later(1.5),
    )


def _pack(story: Story) -> None:
    moment = story.later(5)
    for shipment in fulfillment.create_shipments(order_id=story.order.pk, actor=_STAFF, now=moment):
        fulfillment.mark_packed(shipment_id=shipment.pk, actor=_STAFF, now=story.later(1))


def _ship(story: Story) -> None:
    for pk in story.parcels():
        fulfillment.mark_shipped(
            shipment_id=pk,
            carrier_code=story.random.choice(_CARRIERS),
            tracking_number=f"MS{pk:06d}{story.random.randrange(10**6):06d}IN",
            actor=_STAFF,
            now=story.later(4),
        )


def _deliver(story: Story) -> None:
    for pk in story.parcels():
        fulfillment.mark_out_for_delivery(shipment_id=pk, actor=_STAFF, now=story.later(44))
        fulfillment.mark_delivered(shipment_id=pk, actor=_STAFF, now=story.later(5))


def _complete(story: Story) -> None:
    if story.payment.method == CASH_ON_DELIVERY:
        payments.confirm_cash(payment_id=story.payment.pk, actor=_STAFF, now=story.later(1))
    orders.complete(order_id=story.order.pk, actor=_STAFF, now=story.later(1))
