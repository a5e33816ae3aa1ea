"""Visits are counted once, by their first page, and nothing about the visitor is kept."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.core.dates import store_date
from shop.engagement.insights import selectors, services
from shop.engagement.insights.models import DailyVisits
from tests.factories.customers import StaffFactory
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
# Midnight of the store is 18:30 UTC.
BEFORE_MIDNIGHT = datetime(2026, 11, 20, 18, 29, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 20, 18, 31, tzinfo=UTC)
FROM_OUTSIDE = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
}


def counted():
    return sum(DailyVisits.objects.values_list("visits", flat=True))


def test_visits_are_counted_by_the_day_of_the_store():
    services.count_visit(now=BEFORE_MIDNIGHT)
    for _ in range(20):
        services.count_visit(now=AFTER_MIDNIGHT)

    def on(first, last):
        days = {"first": date(2026, 11, first), "last": date(2026, 11, last)}
        return selectors.traffic_between(**days).visits

    assert (on(20, 20), on(21, 21), on(20, 21), on(22, 30)) == (1, 20, 21, 0)
    assert DailyVisits.objects.count() <= 1 + services.SHARDS


@pytest.mark.req("REP-08")
@pytest.mark.parametrize("site", ["none", "cross-site", "same-site"])
def test_a_page_opened_from_outside_begins_a_visit(client, site):
    answer = client.get("/", headers=FROM_OUTSIDE | {"Sec-Fetch-Site": site})

    assert answer.status_code == 200
    assert counted() == 1


@pytest.mark.req("REP-08")
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/", FROM_OUTSIDE | {"Sec-Fetch-Site": "same-origin"}),
        ("/", FROM_OUTSIDE | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}),
        ("/", FROM_OUTSIDE | {"Sec-Purpose": "prefetch"}),
        ("/p/no-such-thing/", FROM_OUTSIDE),
        ("/healthz", FROM_OUTSIDE),
        ("/reports/", FROM_OUTSIDE),
    ],
)
def test_nothing_else_does(client, path, headers):
    client.force_login(StaffFactory(role="Manager"))

    client.get(path, headers=headers)

    assert counted() == 0


def test_a_visitor_gets_no_cookie_and_costs_one_write(client, monkeypatch):
    monkeypatch.setattr(services, "SHARDS", 1)

    def cost(site):
        headers = FROM_OUTSIDE | {"Sec-Fetch-Site": site}
        with CaptureQueriesContext(connection) as asked:
            client.get("/", headers=headers)
        return sum("insights_dailyvisits" in query["sql"] for query in asked.captured_queries)

    cost("none")

    assert (cost("none"), cost("same-origin")) == (1, 0)
    assert set(client.cookies) <= {"csrftoken"}
    counter = DailyVisits.objects.get()
    assert (counter.day, counter.visits) == (store_date(timezone.now()), 2)


@pytest.mark.req("REP-08")
def test_a_visitor_who_sees_products_is_counted_once_a_day(client, time_machine):
    address = f"/p/{sellable_variant().product.slug}/"
    inside = FROM_OUTSIDE | {"Sec-Fetch-Site": "same-origin"}

    def viewers():
        days = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
        return selectors.traffic_between(**days).product_viewers

    time_machine.move_to(BEFORE_MIDNIGHT, tick=False)
    for browser in ("Browser 1", "Browser 1", "Browser 2"):
        client.get(address, headers=inside | {"User-Agent": browser})
    assert viewers() == 2
    assert counted() == 0
    # Another process has another memory, and asks the shared one.
    caches["visitors"].clear()
    client.get(address, headers=FROM_OUTSIDE | {"User-Agent": "Browser 2"})
    assert viewers() == 2
    assert counted() == 1
    time_machine.move_to(AFTER_MIDNIGHT, tick=False)
    client.get(address, headers=inside | {"User-Agent": "Browser 1"})
    assert viewers() == 3


@pytest.mark.req("REP-08")
def test_other_pages_prefetches_and_programs_see_no_product(client):
    address = f"/p/{sellable_variant().product.slug}/"
    inside = FROM_OUTSIDE | {"Sec-Fetch-Site": "same-origin"}

    client.get("/", headers=inside)
    client.get(address)
    client.get(address, headers=inside | {"Sec-Purpose": "prefetch"})
    client.get("/p/no-such-thing/", headers=inside)

    assert not DailyVisits.objects.exists()


def test_a_second_product_costs_no_question_and_nothing_says_who_looked(client):
    address = f"/p/{sellable_variant().product.slug}/"
    inside = FROM_OUTSIDE | {"Sec-Fetch-Site": "same-origin", "User-Agent": "Browser 1"}

    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(address, headers=inside)
        return [
            query["sql"]
            for query in asked.captured_queries
            if "insights" in query["sql"] or '"cache"' in query["sql"]
        ]

    first = cost()

    assert any("insights_dailyvisits" in sql for sql in first)
    assert not any("127.0.0.1" in sql or "Browser 1" in sql for sql in first)
    assert cost() == []
    assert set(client.cookies) <= {"csrftoken"}


def test_a_page_is_served_even_when_its_visit_cannot_be_counted(client, monkeypatch):
    def fail(*, now):
        raise DatabaseError("locked")

    monkeypatch.setattr(services, "count_visit", fail)

    assert client.get("/", headers=FROM_OUTSIDE).status_code == 200
    assert counted() == 0
