"""Many buyers press at once: nothing is sold twice, nothing is placed twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.core import mail
from django.db import connections, transaction
from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.engagement.notifications.models import Message
from shop.goods.inventory.exceptions import OutOfStock
from shop.goods.inventory.models import StockItem
from shop.sales.amendments import services as amendments
from shop.sales.amendments import tasks as amendment_tasks
from shop.sales.cart.exceptions import NotEnoughStock
from shop.sales.checkout import services
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments.models import Payment, PaymentEntry
from tests.factories.cart import cart_with
from tests.factories.orders import placed_order, purchase_of
from tests.factories.payments import handle_waiting, notice_body, post_webhook, started_payment
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
REFUSALS = (OutOfStock, NotEnoughStock)


def goods(**facts):
    """A variant that can be bought, written in one transaction as all rows are."""
    with transaction.atomic():
        ShippingMethodFactory()
        return sellable_variant(**facts)


def at_once(work, jobs):
    """Run a function for each job, all starting together; its own exceptions come out of here."""
    gate = Barrier(len(jobs))

    def with_own_connection(job):
        try:
            gate.wait(timeout=120)
            return work(job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(with_own_connection, jobs))


def place(purchase, key="only"):
    return services.place_order(purchase=purchase, actor=SYSTEM_ACTOR, idempotency_key=key, now=NOW)


def try_to_place(purchase):
    try:
        return place(purchase, key=purchase.cart_key).number
    except REFUSALS:
        return None


@pytest.mark.req("CART-10")
def test_twenty_submissions_of_one_checkout_make_one_order():
    shoes = goods(stock=50)
    cart = cart_with((shoes, 2))
    checkout = services.begin(cart_id=cart.pk, actor=SYSTEM_ACTOR, now=NOW)
    purchase = purchase_of(cart, checkout_key=checkout.key, payment_method="cod")

    answers = at_once(place, [purchase] * 20)

    assert len(set(answers)) == 1
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (50, 2)
    assert Message.objects.filter(kind="order_placed").count() == 1
    assert len([letter for letter in mail.outbox if answers[0].number in letter.subject]) <= 1


@pytest.mark.req("CART-04")
def test_two_buyers_race_for_the_last_unit_and_exactly_one_gets_it():
    for _ in range(10):
        shoes = goods(stock=1)
        purchases = [purchase_of(cart_with((shoes, 1))) for _ in range(2)]

        answers = at_once(try_to_place, purchases)

        assert sorted(answer is None for answer in answers) == [False, True]
        item = StockItem.objects.get(variant=shoes)
        assert (item.on_hand, item.reserved) == (1, 1)


@pytest.mark.req("INV-03")
def test_forty_buyers_for_twenty_units_place_exactly_twenty_orders():
    shoes = goods(stock=20)
    purchases = [
        purchase_of(cart_with((shoes, 1)), email=f"buyer{number}@example.com")
        for number in range(40)
    ]

    answers = at_once(try_to_place, purchases)

    assert len([answer for answer in answers if answer]) == 20
    assert Order.objects.count() == 20
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (20, 20)


@pytest.mark.req("CART-11", "INV-03")
def test_buyers_parked_at_payment_keep_their_goods_and_nobody_else_gets_them():
    shoes = goods(stock=20)
    carts = [cart_with((shoes, 1)) for _ in range(30)]

    def begin(cart):
        try:
            return services.begin(cart_id=cart.pk, actor=SYSTEM_ACTOR, now=NOW)
        except OutOfStock:
            return None

    checkouts = at_once(begin, carts)
    parked = [cart for cart, checkout in zip(carts, checkouts, strict=True) if checkout]
    answers = at_once(try_to_place, [purchase_of(cart) for cart in parked])

    assert len(parked) == 20
    assert None not in answers
    started = [started_payment(order) for order in Order.objects.order_by("pk")]
    for payment in started:
        payments.receive_notice(
            gateway="testpay",
            external_id=payment.reference,
            body=notice_body(payment).decode(),
            headers={},
            now=NOW,
        )
    handle_waiting()
    assert Order.objects.filter(status="ACTIVATED").count() == 20
    assert StockItem.objects.get().reserved == 20


@pytest.mark.req("PAY-11")
def test_a_paid_webhook_three_times_in_parallel_has_one_effect(client):
    now = timezone.now()
    order = placed_order((goods(), 1), now=now)
    payment = started_payment(order)
    body = notice_body(payment)

    answers = at_once(lambda _: post_webhook(client, body, now=now).status_code, range(3))

    order.refresh_from_db()
    assert answers == [200, 200, 200]
    assert PaymentEntry.objects.count() == 1
    assert (order.status, order.paid_total) == ("ACTIVATED", Decimal("149.00"))


@pytest.mark.req("PAY-11")
def test_a_payment_and_a_cancellation_at_once_end_in_one_of_two_sound_states():
    for round_number in range(5):
        order = placed_order((goods(), 1), key=f"round {round_number}")
        payment = started_payment(order)
        body = notice_body(payment).decode()

        def act(who, order=order, body=body, payment=payment):
            if who == "gateway":
                return payments.receive_notice(
                    gateway="testpay",
                    external_id=payment.reference,
                    body=body,
                    headers={},
                    now=NOW,
                )
            return amendments.cancel_order(
                order_id=order.pk,
                reason="CHANGED_MIND",
                note="",
                actor=SYSTEM_ACTOR,
                now=NOW,
            )

        at_once(act, ["gateway", "buyer"])

        order.refresh_from_db()
        payment.refresh_from_db()
        assert order.status == "CANCELLED"
        assert payment.captured_amount == order.grand_total
        assert payment.is_surplus or payment.refunds.exists()
        assert StockItem.objects.get(variant=order.lines.get().variant).reserved == 0


@pytest.mark.req("CART-11")
def test_a_payment_and_the_clock_at_once_never_lose_money_or_goods():
    late = NOW + timedelta(minutes=31)
    for round_number in range(5):
        order = placed_order((goods(), 1), key=f"round {round_number}")
        payment = started_payment(order)
        body = notice_body(payment).decode()

        def act(who, body=body, payment=payment):
            if who == "gateway":
                return payments.receive_notice(
                    gateway="testpay",
                    external_id=payment.reference,
                    body=body,
                    headers={},
                    now=late,
                )
            return amendment_tasks.cancel_unpaid(late)

        at_once(act, ["gateway", "clock"])

        order.refresh_from_db()
        payment.refresh_from_db()
        reserved = StockItem.objects.get(variant=order.lines.get().variant).reserved
        assert payment.state == "PAID"
        assert (order.status, payment.is_surplus, reserved) in {
            ("ACTIVATED", False, 1),
            ("CANCELLED", True, 0),
        }
