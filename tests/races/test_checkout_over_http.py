"""Real buyers at real pages: threads over HTTP, all pressing Place order together."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connection, transaction

from shop.goods.inventory.models import StockItem
from shop.sales.orders.models import Order
from shop.sales.payments.models import Payment
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
PATIENCE = 120
FORM = {
    "full_name": "Asha Rao",
    "phone": "+919876543210",
    "billing-line1": "12 Hill Road",
    "billing-line2": "",
    "billing-city": "Madanapalle",
    "billing-state": "AP",
    "billing-postal_code": "517325",
    "billing-country": "IN",
    "same_address": "on",
    "shipping_code": "standard",
}


class Buyer:
    """Somebody with a browser of their own."""

    def __init__(self, store, number):
        self.store, self.number = store, number
        self.session = requests.Session()

    def get(self, path):
        return self.session.get(f"{self.store}{path}", timeout=PATIENCE)

    def post(self, path, form):
        token = self.session.cookies.get("csrftoken", "")
        return self.session.post(
            f"{self.store}{path}",
            data=form | {"csrfmiddlewaretoken": token},
            headers={"Referer": self.store},
            timeout=PATIENCE,
            allow_redirects=False,
        )

    def fill_cart(self, variant):
        self.get(f"/p/{variant.product.slug}/")
        self.post("/cart/add/", {"sku": variant.sku, "quantity": "1"})

    def fill_form(self, method):
        page = self.get("/checkout/").text
        hidden = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
            for name in ("token", "expected_total")
        }
        self.form = FORM | {
            "email": f"buyer{self.number}@example.com",
            "payment_method": method,
            **{name: found.group(1) for name, found in hidden.items() if found},
        }

    def place_order(self):
        answer = self.post("/checkout/", self.form)
        is_placed = answer.status_code == 302 and answer.headers["Location"] != "/cart/"
        return answer.status_code, is_placed


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
def two_processes():
    """The store as it is served: two processes of four threads each, on this test's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = urlsplit(os.environ["TEST_DATABASE_URL"])
    here = base._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    granian = Path(sys.executable).parent / "granian"
    sizes = ("--workers", "2", "--blocking-threads", "4")
    place = ("--host", "127.0.0.1", "--port", str(port))
    server = subprocess.Popen(
        [granian, "--interface", "wsgi", *sizes, *place, "tests.races.served:application"],
        env={
            **os.environ,
            "TEST_DB": "postgres",
            "TEST_DATABASE_URL": here,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
        },
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(PATIENCE):
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{url}/healthz", timeout=PATIENCE).ok:
                break
        time.sleep(1)
    yield url
    server.terminate()
    server.wait(timeout=PATIENCE)


@pytest.mark.slow
@pytest.mark.req("INV-03")
def test_two_hundred_buyers_who_press_together_get_exactly_the_hundred_units(two_processes):
    hot = stocked(100)

    answers = rush(two_processes, hot, 200, method="cod")

    assert_exactly_sold(answers, 100)
