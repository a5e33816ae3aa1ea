"""One order, from click to the wish to tell Salesforce: the ten steps of the architecture page."""

import re
from decimal import Decimal

import pytest
import requests
from django.core import mail
from django.test import Client
from django.utils import timezone

from crm_sync.models import ChangeMark
from shop.core import timeline
from shop.core.actors import Actor
from shop.engagement.notifications import services as notifications
from shop.goods.inventory.models import Reservation, StockItem
from shop.sales.checkout.models import Checkout
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments import tasks
from tests.checkout_form import GUEST_FORM
from tests.factories.fulfillment import CarrierFactory
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db
CLERK = Actor(kind="STAFF", key="K", label="Ravi Clerk", channel="admin")


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Runs the jobs that wait for commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def gateway_reaches_us(monkeypatch):
    """Carries the gateway's calls to the store; the network is the edge."""

    def post(url, data, headers, timeout, allow_redirects):
        answer = Client().post(
            url.removeprefix("http://127.0.0.1:8000"),
            data=data,
            content_type=headers["Content-Type"],
            headers={name: text for name, text in headers.items() if name != "Content-Type"},
        )
        response = requests.Response()
        response.status_code = answer.status_code
        return response

    monkeypatch.setattr(requests, "post", post)


def hidden(page, name):
    """The value of a hidden field of a page."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    return re.search(r'value="([^"]*)"', field.group()).group(1)


def go_to_checkout(client, sku):
    client.post("/cart/add/", {"sku": sku, "quantity": "2"})
    client.post("/checkout/start/")
    return client.get("/checkout/")


def press_place_order(client, page, payment_method):
    return client.post(
        "/checkout/",
        GUEST_FORM
        | {
            "payment_method": payment_method,
            "token": hidden(page, "token"),
            "expected_total": hidden(page, "expected_total"),
        },
    )


@pytest.mark.req("ORD-01", "PAY-01", "PAY-14", "CART-11", "NOT-01")
def test_a_guest_pays_by_card_and_the_order_becomes_binding(client, committed, gateway_reaches_us):
    ShippingMethodFactory()
    sellable_variant(price="1180.00", stock=5, sku="SHOE-9")

    # 1: checkout holds the goods.
    page = go_to_checkout(client, "SHOE-9")
    assert page.status_code == 200
    assert Checkout.objects.get().state == "OPEN"
    assert Reservation.objects.get().expires_at is not None

    # 2 to 4: the door places the order in one transaction and queues the mail.
    with committed():
        answer = press_place_order(client, page, "card")
    order = Order.objects.get()
    assert (order.status, order.payment_status) == ("DRAFT", "PENDING")
    assert order.grand_total == Decimal("2124.00")
    assert Reservation.objects.get().expires_at is None
    placed_mark = ChangeMark.objects.filter(key=order.key).latest("pk")

    # 5: the gateway's page, opened outside the transaction.
    payment = order.payments.get()
    assert answer["Location"] == payment.redirect_url == f"/pay/test/{payment.reference}/"
    assert client.get(payment.redirect_url).status_code == 200

    # 6 to 8: a signed webhook comes in, a job books it, the order becomes binding.
    with committed(), committed():
        back = client.post(payment.redirect_url, {"outcome": "success"})
    tasks.handle_waiting_notices(timezone.now())
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("ACTIVATED", "PAID")
    assert Reservation.objects.get().state == "ALLOCATED"
    assert StockItem.objects.get().reserved == 2

    # The buyer is back and sees the number; one mail went out.
    thanks = client.get(back["Location"])
    assert f'data-order-number="{order.number}"' in thanks.content.decode()
    notifications.drain(timezone.now())
    assert [letter.to for letter in mail.outbox] == [["asha@example.com"]]
    assert order.number in mail.outbox[0].subject + mail.outbox[0].body

    # 9 and 10: what the CRM has to be told is written down with the order, once more.
    assert ChangeMark.objects.filter(key=order.key, pk__gt=placed_mark.pk).exists()


@pytest.mark.req("PAY-15", "ORD-03", "ORD-11", "NOT-02")
def test_cash_on_delivery_from_click_to_completed(client, committed):
    ShippingMethodFactory()
    CarrierFactory()
    sellable_variant(price="100.00", stock=5, sku="LAMP-7")
    with committed(), committed():
        press_place_order(client, go_to_checkout(client, "LAMP-7"), "cod")
    order = Order.objects.get()
    clerk = {"actor": CLERK, "now": timezone.now()}
    parcel = Shipment.objects.get(order=order)

    with committed():
        fulfillment.mark_packed(shipment_id=parcel.pk, **clerk)
        fulfillment.mark_shipped(
            shipment_id=parcel.pk, carrier_code="bluebird", tracking_number="BB1", **clerk
        )
        fulfillment.mark_out_for_delivery(shipment_id=parcel.pk, **clerk)
        fulfillment.mark_delivered(shipment_id=parcel.pk, **clerk)
    payments.confirm_cash(payment_id=order.payments.get().pk, **clerk)
    orders.complete(order_id=order.pk, **clerk)

    order.refresh_from_db()
    item = StockItem.objects.get()
    kinds = [entry.kind for entry in timeline.entries("order", order.key)]
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        "COMPLETED",
        "PAID",
        "DELIVERED",
    )
    assert (item.on_hand, item.reserved) == (3, 0)
    assert len(set(kinds)) >= 11
    assert kinds[0] == "order.placed"
    assert kinds[-1] == "order.completed"
    notifications.drain(timezone.now())
    assert len([letter for letter in mail.outbox if "asha@example.com" in letter.to]) == 4
