"""The pages of somebody who has an account and an order."""

import re

import pytest
from django.test import Client

from shop.sales.orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.shop.doors.storefront.test_checkout_pages import GUEST, hidden

PAGES = {
    "overview": "/account/",
    "orders": "/account/orders/",
    "order": "/account/orders/{number}/",
    "profile": "/account/profile/",
    "addresses": "/account/addresses/",
    "new address": "/account/addresses/new/",
    "e-mail": "/account/email/",
    "password": "/account/password/change/",
    "two steps": "/account/2fa/",
    "devices": "/account/sessions/",
    "sign out": "/account/logout/",
    "thanks": "/orders/{number}/thanks/",
}


@pytest.fixture
def buyer(shop, live_server):
    """A signed-in customer who has just ordered, as cookies for a browser."""
    customer = CustomerFactory()
    client = Client(SERVER_NAME="localhost", SERVER_PORT=live_server.url.rsplit(":", 1)[1])
    client.force_login(customer.user)
    client.post("/cart/add/", {"sku": "HEAD-2", "quantity": "2"})
    client.post("/checkout/start/")
    page = client.get("/checkout/").content.decode()
    tokens = {name: hidden(page, name) for name in ("token", "expected_total")}
    form = GUEST | {"payment_method": "card"} | tokens  # too dear for cash
    client.post("/checkout/", form)
    return [
        {"name": name, "value": morsel.value, "url": live_server.url}
        for name, morsel in client.cookies.items()
    ]


@pytest.mark.req("SHOP-23")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_account_pages_are_accessible_fit_and_stay_silent(visit, buyer, theme):
    at = visit(theme=theme)
    at.page.context.add_cookies(buyer)
    number = Order.objects.get().number
    wrong = []

    for name, path in PAGES.items():
        answer = at.open(path.format(number=number))
        if answer.status != 200:
            wrong.append(f"{name}: {answer.status}")
        wrong += at.wrong_at(name)

    assert wrong == []
    assert at.problems == []


def test_the_order_page_shows_the_dear_amount_grouped_as_in_india(visit, buyer):
    at = visit()
    at.page.context.add_cookies(buyer)
    at.open(f"/account/orders/{Order.objects.get().number}/")

    text = at.page.locator("main").inner_text()

    assert re.search(r"₹24,69,135\.00", text)
