import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import transaction

from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import publish
from shop.engagement.notifications import services, subscribers
from shop.engagement.notifications.models import Message
from shop.sales.amendments import services as amendments
from shop.sales.fulfillment import services as fulfillment
from shop.sales.orders import links
from shop.sales.orders.events import OrderPlaced
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments.events import PaymentChanged
from shop.sales.payments.models import Payment
from tests.factories.fulfillment import shipped_shipment
from tests.factories.orders import NOW, placed_order
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


def _mails(kind):
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def _order(quantity=2, **facts):
    variant = sellable_variant(price="1250.00", sku="LAMP-1")
    return placed_order((variant, quantity), payment_method="cod", **facts)


@pytest.mark.req("NOT-01")
def test_an_order_is_confirmed_with_its_lines_totals_addresses_and_link():
    order = _order()

    (message,) = _mails("order_placed")
    assert (message.recipient, message.thread_key) == ("asha@example.com", order.key)
    assert message.subject == f"We have your order {order.number}"
    for body in (message.text, message.html):
        assert "LAMP-1" in body
        assert "₹2,500.00" in body  # the line
        assert "-₹250.00" in body  # the built-in offer
        assert "Free" in body  # delivery
        assert "₹2,250.00" in body
        assert "Includes CGST 9 %" in body
        assert "Madanapalle 517325" in body
        assert "Cash on delivery" in body
        assert "/orders/track/" in body


@pytest.mark.req("NOT-01", "ACC-13")
def test_the_link_in_the_mail_opens_exactly_that_order():
    order = _order()

    (message,) = _mails("order_placed")
    token = re.search(r"/orders/track/([^/\s]+)/", message.text)[1]
    assert links.order_for_token(token, now=NOW + timedelta(days=1)) == order
    assert re.search(r'href="http[^"]+/orders/track/([^/"]+)/"', message.html)[1] == token


@pytest.mark.req("NOT-01")
def test_an_order_is_confirmed_once_even_when_the_task_runs_twice():
    order = _order()
    with transaction.atomic():
        publish(OrderPlaced(order_id=order.pk, order_key=order.key, number=order.number))

    assert services.drain(NOW) == 1
    assert services.drain(NOW) == 0

    assert [sent.to for sent in mail.outbox] == [["asha@example.com"]]
    assert len(_mails("order_placed")) == 1


@pytest.mark.req("NOT-01")
def test_an_order_from_the_past_is_not_confirmed():
    order = _order()
    Message.objects.all().delete()
    Order.objects.update(is_history=True)

    subscribers.order_placed(
        OrderPlaced(order_id=order.pk, order_key=order.key, number=order.number)
    )

    assert Message.objects.count() == 0


@pytest.mark.req("NOT-01")
def test_what_a_buyer_types_cannot_change_the_mail():
    _order(full_name="<b>Asha</b> & Co")

    (message,) = _mails("order_placed")
    assert "<b>Asha</b>" not in message.html
    assert "<b>Asha</b>" in message.text


@pytest.mark.req("NOT-02")
def test_each_parcel_has_its_own_messages_with_its_tracking_link():
    order = _order()
    shipment = shipped_shipment(order, tracking_number="BB77")
    fulfillment.mark_out_for_delivery(shipment_id=shipment.pk, actor=SYSTEM_ACTOR, now=NOW)
    fulfillment.mark_delivered(shipment_id=shipment.pk, actor=SYSTEM_ACTOR, now=NOW)

    for kind in ("shipped", "out_for_delivery", "delivered"):
        (message,) = _mails(kind)
        assert shipment.number in message.text
        assert "https://carrier.example/track/BB77" in message.text
        assert 'href="https://carrier.example/track/BB77"' in message.html
        assert message.dedupe_key == f"{kind}:{shipment.key}"


@pytest.mark.req("NOT-02")
def test_a_delay_is_told_once_with_its_reason_and_the_tracking_link():
    shipment = shipped_shipment(_order(), tracking_number="BB77")

    for reason in ("Snow on <the> pass", "Snow on <the> pass", "Truck broke down"):
        fulfillment.note_delay(shipment_id=shipment.pk, message=reason, actor=SYSTEM_ACTOR, now=NOW)

    first, second = _mails("delayed")
    assert "Snow on <the> pass" in first.text
    assert "Snow on &lt;the&gt; pass" in first.html
    assert "https://carrier.example/track/BB77" in first.text
    assert "Truck broke down" in second.text


@pytest.mark.req("NOT-03")
def test_a_refund_is_told_after_the_gateway_confirmed_it():
    order = _order()
    payment = Payment.objects.get(order=order)
    payments.confirm_cash(payment_id=payment.pk, actor=SYSTEM_ACTOR, now=NOW)
    refund = payments.refund(
        payment_id=payment.pk,
        amount=Decimal("100.50"),
        reason="Scratched",
        actor=SYSTEM_ACTOR,
        now=NOW,
    )
    assert _mails("refund") == []

    payments.settle_refund(
        refund_id=refund.pk, reference="rf_1", actor=SYSTEM_ACTOR, now=NOW + timedelta(days=1)
    )

    (message,) = _mails("refund")
    assert message.subject == "₹100.50 is on its way back to you"
    for body in (message.text, message.html):
        assert "₹100.50" in body
        assert "Cash on delivery" in body
        assert "22 November 2026" in body


def test_a_failed_payment_is_told_with_a_link_to_pay_again():
    order = placed_order(payment_method="card")
    payment = Payment.objects.get(order=order)
    payment.failed_at = NOW
    payment.save()

    for _ in range(2):
        publish(PaymentChanged(payment_id=payment.pk, order_id=order.pk, state="FAILED"))

    (message,) = _mails("payment_failed")
    assert "₹149.00" in message.text
    assert "Pay again: http" in message.text


def test_a_cancelled_order_is_told_once():
    order = _order()

    amendments.cancel_order(
        order_id=order.pk, reason="CHANGED_MIND", note="", actor=SYSTEM_ACTOR, now=NOW
    )

    (message,) = _mails("order_cancelled")
    assert message.subject == f"Your order {order.number} is cancelled"
    assert "You pay nothing." in message.text


def test_an_order_without_an_address_sends_no_mail():
    order = _order()
    Message.objects.all().delete()
    Order.objects.update(email="")

    subscribers.order_placed(
        OrderPlaced(order_id=order.pk, order_key=order.key, number=order.number)
    )

    assert Message.objects.count() == 0


def test_confirming_takes_the_same_queries_for_one_line_and_for_ten(
    django_assert_num_queries, django_assert_max_num_queries
):
    small = placed_order((sellable_variant(), 1), payment_method="cod", key="small")
    large = placed_order(
        *((sellable_variant(), 1) for _ in range(10)), payment_method="cod", key="large"
    )
    Message.objects.all().delete()
    counts = []
    for order in (small, large):
        event = OrderPlaced(order_id=order.pk, order_key=order.key, number=order.number)
        with django_assert_max_num_queries(20) as queries:
            subscribers.order_placed(event)
        counts.append(len(queries))

    assert counts[0] == counts[1]
