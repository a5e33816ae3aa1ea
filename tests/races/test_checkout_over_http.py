"""Real buyers at real pages: threads over HTTP, all pressing Place order together."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import transaction

from shop.goods.inventory.models import StockItem
from shop.sales.orders.models import Order
from shop.sales.payments.models import Payment
from tests.factories.pricing import ShippingMethodFactory, sellable_variant
from tests.races.buyers import PATIENCE, Buyer
from tests.races.processes import Processes

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def rush(store, variant, buyers, *, method):
    """Everybody fills a cart and the form, waits for the others, and presses."""
    gate = Barrier(buyers)

    def shop(number):
        buyer = Buyer(store, number)
        buyer.fill_cart(variant)
        buyer.fill_form(method)
        gate.wait(timeout=PATIENCE)
        return buyer.place_order()

    with ThreadPoolExecutor(buyers) as pool:
        return list(pool.map(shop, range(buyers)))


def stocked(units):
    with transaction.atomic():
        ShippingMethodFactory()
        return sellable_variant(price="100.00", stock=units, sku=f"HOT-{units}")


def assert_exactly_sold(answers, units):
    statuses = Counter(status for status, _ in answers)
    assert not [status for status in statuses if status >= 500]
    assert sum(is_placed for _, is_placed in answers) == units
    assert (Order.objects.count(), Payment.objects.count()) == (units, units)
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (units, units)


@pytest.mark.req("INV-03", "CART-04")
@pytest.mark.parametrize("method", ["cod", "card"])
def test_twenty_buyers_who_press_together_get_exactly_the_ten_units(live_server, method):
    hot = stocked(10)

    answers = rush(live_server.url, hot, 20, method=method)

    assert_exactly_sold(answers, 10)


@pytest.fixture
def two_processes(tmp_path):
    """The store as it is served: two processes of four threads each, on this test's database."""
    processes = Processes(tmp_path, web_processes=2)
    processes.start_web()
    try:
        processes.wait_for_web()
        yield processes.url
    finally:
        processes.stop()


@pytest.mark.slow
@pytest.mark.req("INV-03")
@pytest.mark.parametrize("method", ["cod", "card"])
def test_two_hundred_buyers_who_press_together_get_exactly_the_hundred_units(
    two_processes, method, record_property
):
    hot = stocked(100)

    answers = rush(two_processes, hot, 200, method=method)

    assert_exactly_sold(answers, 100)
    record_property("buyers", len(answers))
    record_property("orders", Order.objects.count())


@pytest.mark.slow
@pytest.mark.req("INV-03", "CART-11")
def test_fifty_buyers_parked_at_payment_leave_twenty_pieces_sold_once(
    two_processes, record_property
):
    hot = stocked(20)
    gate = Barrier(50)

    def park(number):
        buyer = Buyer(two_processes, number)
        buyer.fill_cart(hot)
        gate.wait(timeout=PATIENCE)
        answer = buyer.post("/checkout/start/", {})
        assert answer.status_code == 302
        if answer.headers["Location"] != "/checkout/":
            return None
        buyer.fill_form("card")
        return buyer

    with ThreadPoolExecutor(50) as pool:
        parked = [buyer for buyer in pool.map(park, range(50)) if buyer]
        answers = list(pool.map(Buyer.place_order, parked))

    assert len(parked) == 20
    assert_exactly_sold(answers, 20)
    assert set(Payment.objects.values_list("state", flat=True)) == {"PENDING"}
    record_property("buyers", 50)
    record_property("orders", len(answers))
