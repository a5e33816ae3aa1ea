"""`kill -9` of the web process and of the worker in the middle of an order.

Real processes over HTTP on PostgreSQL: an order is there with all that belongs to it or not at all,
the buyer's second press never makes a second one, and the copy in the org is complete in the end.
"""

from contextlib import suppress
from decimal import Decimal

import pytest
import requests
from django.db import transaction
from django.test import Client
from django.utils import timezone

from crm_sync import connections
from shop.core.models import TimelineEntry
from shop.engagement.notifications.models import Message
from shop.goods.inventory.models import StockItem
from shop.sales.orders.models import Order
from shop.sales.payments import simulator
from shop.sales.payments.models import Payment, PaymentEntry
from tests.crm_sync.fixtures import org, org_process
from tests.factories.crm_copy import copy_differences
from tests.factories.crm_sync import unfinished
from tests.factories.orders import registered_customer
from tests.factories.payments import notice_body
from tests.factories.pricing import ShippingMethodFactory, sellable_variant
from tests.races.buyers import PATIENCE, Buyer
from tests.races.processes import Processes, come_round, wait_until

__all__ = ["org", "org_process"]
pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
STOCK, MOST_STEPS = 500, 200
PLACE, WEBHOOK = "POST /checkout/", "POST /api/v1/webhooks/testpay/"
ORDER_IS_WRITTEN = 'INSERT INTO "orders_order"'
BOOK, SEND = "shop.sales.payments.tasks.handle_notice", "crm_sync.tasks.drain"


@pytest.fixture
def goods():
    with transaction.atomic():
        ShippingMethodFactory()
        return sellable_variant(price="600.00", stock=STOCK, sku="LAMP")


@pytest.fixture
def store(goods, org, tmp_path, monkeypatch):
    """Web and worker, connected with an empty org; this process itself does none of their work."""
    monkeypatch.setattr("shop.core.jobs.WakeUp.__call__", lambda wake_up: None)
    row = connections.connection()
    row.login_url = org.url
    row.client_id = org.credentials["client_id"]
    row.client_secret = org.credentials["client_secret"]
    row.save()
    processes = Processes(tmp_path)
    processes.start_web()
    processes.start_worker()
    try:
        processes.wait_for_web()
        yield processes
    finally:
        processes.stop()


class Shopper(Buyer):
    """A buyer who presses again when nothing came back."""

    def __init__(self, processes, number):
        super().__init__(processes.url, number)
        self.processes = processes

    def sign_up(self):
        """Become somebody with an account, signed in."""
        with transaction.atomic():
            customer = registered_customer(email=self.email)
        client = Client(REMOTE_ADDR="127.0.0.1")
        client.force_login(customer.user)
        self.session.cookies.update({name: cookie.value for name, cookie in client.cookies.items()})
        return self

    def fill(self, goods, method):
        self.fill_cart(goods)
        self.post("/checkout/start/", {})
        self.fill_form(method)
        return self

    def press(self):
        """Press Place order; answers whether an answer came."""
        with suppress(requests.ConnectionError, requests.ReadTimeout):
            status, is_placed = self.place_order()
            assert (status, is_placed) == (302, True)
            return True
        self.processes.wait_for_web()
        return False

    def pay(self):
        """Have the payment service tell that the money is there; it tells until it is heard."""
        payment = Payment.objects.get(order__email=self.email)
        body = notice_body(payment, now=timezone.now())

        def tell():
            with suppress(requests.ConnectionError, requests.ReadTimeout):
                return requests.post(
                    f"{self.store}/api/v1/webhooks/testpay/",
                    data=body,
                    headers=simulator.signed_headers(body, timezone.now()),
                    timeout=PATIENCE,
                ).ok
            self.processes.wait_for_web()
            return False

        wait_until(tell)


def orders_of(buyer) -> int:
    """How many orders a buyer has, each with all that belongs to it; without one, no trace."""
    orders = Order.objects.filter(email=buyer.email)
    mails = Message.objects.filter(recipient=buyer.email, kind="order_placed")
    payments = Payment.objects.filter(order__email=buyer.email)
    stories = TimelineEntry.objects.filter(kind="order.placed", thread_key__in=orders.values("key"))
    assert (mails.count(), payments.count(), stories.count()) == (orders.count(),) * 3
    for order in orders:
        line = order.lines.get()
        assert (line.quantity, order.grand_total) == (1, Decimal(600))
        assert order.addresses.count() == 2
        assert line.allocations.get().reservation.state in {"HELD", "ALLOCATED"}
    return orders.count()


def assert_sold_once(*buyers) -> None:
    """One order each, and exactly their units are spoken for."""
    assert [orders_of(buyer) for buyer in buyers] == [1] * len(buyers)
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (STOCK, len(buyers))


def assert_copied(org) -> None:
    """Nothing failed for good, the org equals the shop, and no record was made twice."""
    assert unfinished() == []
    assert copy_differences(org) == []


@pytest.mark.req("ORD-01", "CART-10", "OPS-03")
@pytest.mark.parametrize(
    ("step", "orders_then"), [("before COMMIT", 0), ("after COMMIT", 1)], ids=["before", "after"]
)
def test_web_killed_at_the_commit_of_an_order(store, goods, org, step, orders_then):
    buyer = Shopper(store, 1).sign_up().fill(goods, "cod")
    store.kill_at(PLACE, step, since=ORDER_IS_WRITTEN)

    assert not buyer.press()

    assert store.kills.last_words.endswith(step)
    assert orders_of(buyer) == orders_then
    assert buyer.press()
    store.settle()
    assert_sold_once(buyer)
    assert_copied(org)


@pytest.mark.req("ORD-01", "CRM-09", "OPS-03")
def test_worker_killed_between_the_org_s_commit_and_our_note_of_it(store, goods, org):
    buyer = Shopper(store, 1).fill(goods, "card")
    store.kill_at(SEND, "after PATCH", 4)

    assert buyer.press()
    buyer.pay()

    assert store.wait_for_death().startswith(f"{SEND}: after PATCH")
    store.settle()
    assert_sold_once(buyer)
    assert Order.objects.get().status == "ACTIVATED"
    assert_copied(org)


def every_step(store, work, act, *, stride=1, **plan) -> list[str]:
    """Let act(number) run with a death at its first step, its second …; answers the steps."""
    steps: list[str] = []
    for number in range(1, MOST_STEPS, stride):
        store.kill_at(work, nth=number, **plan)
        act(number)
        if store.kills.take_back():
            return steps
        steps.append(store.wait_for_death())
        store.wait_for_web()
    raise AssertionError(f"more than {MOST_STEPS} steps: {steps[-3:]}")


@pytest.mark.slow
@pytest.mark.req("ORD-01", "CART-10", "OPS-03")
@pytest.mark.parametrize("method", ["cod", "card"])
def test_web_killed_at_each_step_of_placing_an_order(store, goods, org, method, record_property):
    buyers = []

    def place(number):
        buyer = Shopper(store, number).sign_up().fill(goods, method)
        buyers.append(buyer)
        while not buyer.press():
            assert orders_of(buyer) in {0, 1}
        assert orders_of(buyer) == 1

    steps = every_step(store, PLACE, place)

    store.settle()
    assert_sold_once(*buyers)
    assert_copied(org)
    record_property("kills", len(steps))
    record_property("orders", len(buyers))


@pytest.mark.slow
@pytest.mark.req("ORD-01", "PAY-11", "OPS-03")
@pytest.mark.parametrize("work", [WEBHOOK, BOOK], ids=["web", "worker"])
def test_killed_at_each_step_of_a_payment(store, goods, org, work, record_property):
    buyers = []

    def pay(number):
        buyer = Shopper(store, number).fill(goods, "card")
        buyers.append(buyer)
        assert buyer.press()
        buyer.pay()
        wait_until(lambda: status_of(buyer) == "ACTIVATED", problem=store.logs, act=come_round)

    steps = every_step(store, work, pay)

    store.settle()
    assert_sold_once(*buyers)
    assert PaymentEntry.objects.count() == len(buyers)
    assert Payment.objects.filter(state="PAID").count() == len(buyers)
    assert_copied(org)
    record_property("kills", len(steps))
    record_property("orders", len(buyers))


@pytest.mark.slow
@pytest.mark.req("ORD-01", "CRM-09", "OPS-03")
@pytest.mark.parametrize(
    ("step", "stride", "whole_group"),
    [
        # What was done up to a commit or an answer stays; between two of them nothing does.
        pytest.param("after P", 1, False, id="a worker, when the org has answered"),
        pytest.param("after COMMIT", 3, False, id="a worker, at every third commit"),
        pytest.param("before P", 1, True, id="all workers, before they write to the org"),
    ],
)
def test_killed_at_the_steps_of_a_sync(
    store, goods, org, step, stride, whole_group, record_property
):
    buyers = []

    def buy(number):
        buyer = Shopper(store, number).sign_up().fill(goods, "cod")
        buyers.append(buyer)
        assert buyer.press()
        store.settle()
        assert copy_differences(org) == []

    steps = every_step(store, SEND, buy, stride=stride, step=step, whole_group=whole_group)

    assert_sold_once(*buyers)
    record_property("kills", len(steps))
    record_property("orders", len(buyers))


def status_of(buyer) -> str:
    return Order.objects.get(email=buyer.email).status
