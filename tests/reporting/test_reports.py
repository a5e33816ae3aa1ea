"""Figures of the reports: exact, one currency at a time, equal to the rows behind them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reporting import services
from reporting.amounts import to_decimal
from reporting.catalogue import REPORTS
from reporting.models import DailySales, StaleDay
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.core.dates import store_date
from shop.sales.orders.models import Order
from tests.factories.customers import StaffFactory
from tests.factories.geography import load_places
from tests.factories.orders import HOME, placed_order
from tests.reporting.history import past, rows_of, table

pytestmark = pytest.mark.django_db
# Midnight of the store is 18:30 UTC.
BEFORE_MIDNIGHT = datetime(2026, 11, 20, 18, 29, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 20, 18, 31, tzinfo=UTC)


@pytest.mark.req("REP-01")
def test_a_day_ends_at_midnight_of_the_store(manager, buyer, time_machine):
    last = placed_order(
        customer=buyer,
        payment_method="cod",
        key="a",
        now=BEFORE_MIDNIGHT,
    )
    first = placed_order(
        customer=buyer,
        payment_method="cod",
        key="b",
        now=AFTER_MIDNIGHT,
    )
    time_machine.move_to(datetime(2026, 11, 21, 4, 0, tzinfo=UTC), tick=False)

    shown = {row["Order"] for row in rows_of(manager.get("/reports/orders-today/?format=csv"))}

    assert shown == {first.number}
    assert last.number not in shown


@pytest.mark.req("REP-05")
def test_revenue_is_exact_by_every_grain_and_compares(manager, buyer):
    past(buyer, 1, ("A", 3, "0.10"), at=datetime(2026, 3, 31, 18, 29, tzinfo=UTC))
    past(buyer, 2, ("A", 1, "0.20"), at=datetime(2026, 3, 31, 18, 31, tzinfo=UTC))
    past(buyer, 3, ("A", 1, "1000.00"), at=datetime(2025, 4, 1, 6, 0, tzinfo=UTC))

    def revenue(grain, **query):
        rows = table(manager, "revenue", grain=grain, compare="none", **query)
        return {row["Period"]: row["Revenue"] for row in rows if row["Revenue"] != "0.00"}

    assert revenue("day") == {
        "01/04/2025": "1000.00",
        "31/03/2026": "0.30",
        "01/04/2026": "0.20",
        "Total": "1000.50",
    }
    assert revenue("year")["FY2026"] == "0.50"
    options.set_value("store.fiscal_year_start", 4, SYSTEM_ACTOR, timezone.now())
    assert revenue("year") == {"FY2026": "1000.30", "FY2027": "0.20", "Total": "1000.50"}


@pytest.mark.req("REP-05")
def test_the_period_before_stands_beside(manager, buyer):
    past(buyer, 1, ("A", 1, "100.00"), at=datetime(2026, 11, 10, 6, tzinfo=UTC))
    past(buyer, 2, ("A", 1, "150.00"), at=datetime(2026, 11, 12, 6, tzinfo=UTC))

    rows = table(manager, "revenue", period="custom", start="2026-11-12", end="2026-11-13")

    assert rows[-1]["Revenue"] == "150.00"
    assert rows[-1]["Before"] == "100.00"
    assert rows[-1]["Change"] == "50.0"


@pytest.mark.req("REP-02")
def test_price_bands_have_tested_borders_and_subtotals_add_up(manager, buyer):
    past(buyer, 1, ("LOW", 2, "500.00"), ("MID", 1, "500.01"), ("TOP", 1, "10000.01"))

    rows = table(manager, "sales-by-price")
    subtotals = [row for row in rows if row["Product"] == "Subtotal"]

    assert [row["Revenue"] for row in subtotals] == [
        "1000.00", "500.01", "0.00", "0.00", "0.00", "10000.01",
    ]  # fmt: skip
    assert rows[-1]["Revenue"] == "11500.02"
    assert sum(Decimal(row["Revenue"]) for row in subtotals) == Decimal("11500.02")


@pytest.mark.req("REP-03")
def test_the_matrix_counts_both_ways_and_each_cell_leads_to_its_orders(manager, buyer):
    rep = StaffFactory(role="Sales rep", full_name="Meera Rep")
    past(buyer, 1, ("A", 1, "10.00"), region="South", sales_rep_id=rep.pk)
    past(buyer, 2, ("A", 1, "20.00"), region="South")
    past(buyer, 3, ("A", 1, "30.00"), region="North")

    rows = table(manager, "region-rep")
    page = manager.get("/reports/region-rep/?period=all").content.decode()
    assert "All time until " in page
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(\.\./rows/[^"]+)"', page)]

    assert {row["Region"]: (row["Meera Rep"], row["Web"], row["Orders"]) for row in rows} == {
        "South": ("1", "1", "2"),
        "North": ("0", "1", "1"),
        "Total": ("1", "2", "3"),
    }
    counts = []
    for link in links:
        query = link.removeprefix("../rows/?")
        counts.append(len(rows_of(manager.get(f"/reports/rows/?{query}&format=csv"))))
    assert sorted(counts) == [1, 1, 1, 1, 1, 2, 2, 3]


@pytest.mark.req("REP-04")
def test_spellings_of_a_city_are_one_group_and_lead_to_all_its_orders(manager, buyer):
    past(buyer, 1, ("A", 1, "10.00"), shipping_city="Bangalore", shipping_country="IN")
    past(buyer, 2, ("A", 1, "20.00"), shipping_city="bengaluru", shipping_country="IN")
    past(buyer, 3, ("A", 1, "30.00"), shipping_city="Kochi", shipping_country="IN")

    rows = table(manager, "cities")
    behind = table(manager, "rows", city="Bengaluru", country="IN")

    assert [(row["Shipping city"], row["Orders"], row["Revenue"]) for row in rows] == [
        ("Bengaluru", "2", "30.00"),
        ("Kochi", "1", "30.00"),
        ("Total", "3", "60.00"),
    ]
    assert sum(Decimal(row["Total"]) for row in behind) == Decimal("30.00")


@pytest.mark.req("REP-04")
def test_a_misspelled_city_with_the_same_pin_is_the_same_city(manager, buyer):
    load_places()
    for city in ("Bangaluru", "Bengaluru", "Bangalore"):
        home = replace(HOME, city=city, postal_code="560001", state="KA")
        placed_order(
            customer=buyer, payment_method="cod", key=city, shipping=home, billing=home,
            now=timezone.now(),
        )  # fmt: skip

    rows = table(manager, "cities")

    assert [(row["Shipping city"], row["Orders"]) for row in rows] == [
        ("Bengaluru", "3"),
        ("Total", "3"),
    ]


@pytest.mark.req("REP-06")
def test_top_products_deduct_returns_as_chosen(manager, buyer):
    past(buyer, 1, ("A", 5, "10.00"), ("B", 1, "45.00"))
    past(buyer, 2, ("A", 2, "10.00"), order_type="RETURN")

    deducted = table(manager, "top-products")
    sold = table(manager, "top-products", returns="ignore")

    assert [(r["SKU"], r["Units"], r["Revenue"]) for r in deducted[:-1]] == [
        ("B", "1", "45.00"),
        ("A", "3", "30.00"),
    ]
    assert [(r["SKU"], r["Units"], r["Revenue"]) for r in sold[:-1]] == [
        ("A", "5", "50.00"),
        ("B", "1", "45.00"),
    ]


def test_two_currencies_are_never_added(manager, buyer):
    past(buyer, 1, ("A", 1, "100.00"))
    past(buyer, 2, ("A", 1, "7.00"), currency="GBP")

    assert table(manager, "top-products")[-1]["Revenue"] == "100.00"
    assert table(manager, "top-products", currency="GBP")[-1]["Revenue"] == "7.00"


@pytest.mark.req("REP-18")
@pytest.mark.parametrize("code", ["revenue", "top-products", "sales-by-price", "cities"])
def test_the_rows_behind_every_figure_add_up_to_it(manager, buyer, code):
    past(buyer, 1, ("A", 3, "33.33"), ("B", 1, "1200.00"), shipping_city="Pune")
    past(buyer, 2, ("A", 1, "33.33"), shipping_city="Kochi")
    services.refresh_stale_days()
    page = manager.get(f"/reports/{code}/?period=all").content.decode()
    links = re.findall(r'<a href="\.\./((?:rows|lines)/\?[^"]+)"[^>]*>', page)

    assert links
    for link in links:
        address = "/reports/" + link.replace("&amp;", "&") + "&format=csv"
        total = sum(Decimal(row["Total"]) for row in rows_of(manager.get(address)))
        assert total in _figures(page)


def _figures(page):
    return {Decimal(amount) for amount in re.findall(r'data-amount="(-?[\d.]+)"', page)}


@pytest.mark.req("REP-18")
def test_files_hold_numbers_as_numbers_and_formulas_as_text(manager, buyer):
    past(buyer, 1, ("=2+5", 1, "10.00"))

    rows = table(manager, "top-products")
    book = manager.get("/reports/top-products/?period=all&format=xlsx").content

    assert rows[0]["SKU"].startswith("'=")
    assert book[:2] == b"PK"


@pytest.mark.req("DASH-01")
def test_the_dashboard_equals_the_reports(manager, buyer):
    placed_order(customer=buyer, payment_method="cod", now=timezone.now())
    services.refresh_stale_days()

    page = manager.get("/reports/?period=today").content.decode()
    revenue = table(manager, "revenue", period="today")[-1]["Revenue"]
    top = table(manager, "top-products", period="today")[0]

    assert f'data-amount="{revenue}"' in page
    assert top["Product"] in page
    assert "Conversion" in page


@pytest.mark.req("DASH-07")
@pytest.mark.parametrize("code", [code for code, report in REPORTS.items() if report.is_listed])
def test_every_chart_has_its_table_and_its_words(manager, buyer, code):
    past(buyer, 1, ("A", 1, "10.00"))
    services.refresh_stale_days()

    page = manager.get(f"/reports/{code}/?period=all").content.decode()

    assert "<table" in page or "Nothing in this period" in page
    for frame in re.findall(r"<report-chart>.*?</report-chart>", page, re.DOTALL):
        assert re.search(r'role="img" aria-label="[^"]{10,}"', frame)


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    ("role", "status"),
    [("Manager", 200), ("Admin", 200), ("Auditor", 200), ("Seller", 403), ("Warehouse", 403)],
)
def test_reports_open_for_those_who_decide(client, role, status):
    client.force_login(StaffFactory(role=role))

    assert client.get("/reports/").status_code == status
    assert client.get("/reports/revenue/?format=csv").status_code == status


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/reports/revenue/")["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "query",
    ["start=nonsense", "period=custom&start=2026-13-45", "grain=x", "currency=XXX", "page=-1",
     "rep=abc", "band=99999", "sku=" + "x" * 5000, "end=0001-01-01&period=custom"],
)  # fmt: skip
def test_wrong_filters_never_break_a_report(manager, buyer, query):
    past(buyer, 1, ("A", 1, "10.00"))
    services.refresh_stale_days()

    for code in REPORTS:
        assert manager.get(f"/reports/{code}/?{query}").status_code == 200


@pytest.mark.parametrize("code", list(REPORTS))
def test_a_report_asks_the_same_number_of_questions_for_one_row_and_ten(manager, buyer, code):
    manager.get("/reports/")

    def questions():
        services.refresh_stale_days()
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(f"/reports/{code}/?period=all").status_code == 200
        return len(asked)

    placed_order(customer=buyer, payment_method="cod", key="x", now=timezone.now())
    past(buyer, 0, ("A", 1, "10.00"), shipping_city="Pune", region="West")
    one = questions()
    for number in range(1, 10):
        past(
            buyer,
            number,
            (f"S{number}", 1, "10.00"),
            shipping_city=f"C{number}",
            region=f"R{number}",
        )

    assert questions() == one


def test_only_changed_days_are_computed_again(buyer):
    past(buyer, 1, ("A", 1, "10.00"))
    assert services.refresh_stale_days() == 1
    assert services.refresh_stale_days() == 0

    order = Order.objects.get()
    services.mark_stale(days=[store_date(order.placed_at)])
    assert services.refresh_stale_days() == 1
    assert not StaleDay.objects.exists()
    assert to_decimal(DailySales.objects.get().total_units) == Decimal("10.00")
    assert DailySales.objects.get().day == date(2026, 11, 21)
