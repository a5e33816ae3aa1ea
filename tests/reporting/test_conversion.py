"""The way from visit to order, as the dashboard shows it."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from reporting.filters import FilterForm
from reporting.selectors.conversion import Funnel, funnel
from shop.engagement.insights import services as insights
from tests.factories.orders import placed_order
from tests.reporting.history import MORNING

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
    for _ in range(carts + 3):
        insights.count_visit(now=MORNING)

    assert steps() == [carts + 3, carts, checkouts, ordered]
    assert steps() == sorted(steps(), reverse=True)
    page = manager.get("/reports/?period=today").content.decode()
    assert "Visits" in page


def test_more_carts_than_visits_still_make_a_funnel():
    assert Funnel(carts=4, checkouts=2, orders=1, visits=4).rate == Decimal("25.0")
    assert Funnel(carts=2, checkouts=2, orders=1).rate == Decimal("50.0")
    counted, before = Funnel(2, 2, 1, visits=10), Funnel(2, 2, 1)
    assert before.rate_like(counted) is None
    assert before.rate_like(Funnel(4, 1, 1)) == Decimal("50.0")
