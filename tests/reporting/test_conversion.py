"""The way from visit to order, on the dashboard and as a report of its own."""

import re
from decimal import Decimal

import pytest
from django.http import QueryDict

from reporting.filters import FilterForm
from reporting.selectors.conversion import Funnel, funnel
from shop.engagement.insights import services as insights
from shop.sales.cart import services as carts
from tests.factories.orders import placed_order, registered_customer
from tests.reporting.history import MORNING, rows_of, table

pytestmark = pytest.mark.django_db


@pytest.mark.req("DASH-01", "REP-08")
def test_conversion_begins_with_visits_and_never_grows(manager, buyer, time_machine):
    time_machine.move_to(MORNING, tick=False)
    cart_order = placed_order(customer=buyer, payment_method="cod", now=MORNING)
    assert cart_order.cart_key
    filters = FilterForm(QueryDict("period=today"), shown=("period",), default_period="today")

    def steps():
        return [count for _label, count in funnel(filters.filters(MORNING)).steps]

    carts, checkouts, ordered = steps()
    for visitor in range(carts + 3):
        insights.count_visit(now=MORNING)
        if visitor <= carts:
            insights.count_product_view(address=f"192.0.2.{visitor}", browser="B", now=MORNING)

    assert steps() == [carts + 3, carts + 1, carts, checkouts, ordered]
    assert steps() == sorted(steps(), reverse=True)
    page = manager.get("/reports/?period=today").content.decode()
    assert "Visits" in page
    assert "Saw a product" in page


@pytest.mark.req("REP-08")
def test_the_funnel_is_filtered_by_channel(manager, buyer, time_machine):
    time_machine.move_to(MORNING, tick=False)
    placed_order(customer=buyer, payment_method="cod", now=MORNING)
    carts.open_cart(customer_id=None, currency="INR", now=MORNING, channel="API")
    for visitor in range(5):
        insights.count_visit(now=MORNING)
        insights.count_product_view(address=f"192.0.2.{visitor}", browser="B", now=MORNING)

    def counts(channel):
        rows = table(manager, "conversion", period="today", compare="none", channel=channel)
        return {row["Step"]: int(row["Count"]) for row in rows}

    web = {"Visits": 5, "Saw a product": 5, "Carts": 1, "Checkouts": 1, "Orders": 1}
    assert counts("") == web | {"Carts": 2}
    assert counts("WEB") == web
    assert counts("API") == {"Carts": 1, "Checkouts": 0, "Orders": 0}


@pytest.mark.req("REP-08", "REP-18")
def test_the_report_leads_from_the_last_step_to_its_orders(manager, buyer, time_machine):
    time_machine.move_to(MORNING, tick=False)
    order = placed_order(customer=buyer, payment_method="cod", now=MORNING)
    page = manager.get("/reports/conversion/?period=today").content.decode()
    (link,) = re.findall(r'href="\.\./rows/([^"]+)"', page)

    behind = rows_of(manager.get(f"/reports/rows/{link.replace('&amp;', '&')}&format=csv"))

    assert [row["Order"] for row in behind] == [order.number]
    assert "Sign-ups that became customers" in page


@pytest.mark.req("REP-08")
def test_sign_ups_that_bought_are_customers(manager, time_machine):
    time_machine.move_to(MORNING, tick=False)
    for number in range(4):
        registered_customer(
            f"c{number}@example.com",
            first_order_at=MORNING if number == 0 else None,
        )

    tiles = manager.get("/reports/conversion/?period=today").context["result"].tiles

    assert [int(tile.value) for tile in tiles[1:]] == [4, 1, 25]


def test_more_carts_than_visits_still_make_a_funnel():
    assert Funnel(carts=4, checkouts=2, orders=1, visits=4).rate == Decimal("25.0")
    assert Funnel(carts=2, checkouts=2, orders=1).rate == Decimal("50.0")
    counted, before = Funnel(2, 2, 1, visits=10), Funnel(2, 2, 1)
    assert before.rate_like(counted) is None
    assert before.rate_like(Funnel(4, 1, 1)) == Decimal("50.0")
