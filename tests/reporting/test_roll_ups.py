"""Figures of a large store: rolled up by month, exact at any moment, written row by row."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from reporting import exports, services
from reporting.models import DailySales, MonthlyProductSales
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.sales.orders.models import Order
from tests.reporting.history import MORNING, past, rows_of, table

pytestmark = pytest.mark.django_db


def article_figures(client, **query):
    rows = rows_of(client.get("/reports/top-products/", {"format": "csv", **query}))
    return [(row["SKU"], row["Units"], row["Revenue"]) for row in rows]


@pytest.mark.req("REP-06", "REP-22")
def test_whole_months_and_single_days_give_the_same_sums(manager, buyer):
    for number, (month, day) in enumerate(((8, 31), (9, 1), (9, 30), (10, 15), (11, 2)), start=1):
        past(buyer, number, ("A", number, "10.00"), at=datetime(2026, month, day, 6, tzinfo=UTC))
    past(buyer, 9, ("A", 1, "10.00"), at=MORNING.replace(month=9), order_type="RETURN")
    services.refresh_stale_days()
    span = {"period": "custom", "start": "2026-08-31", "end": "2026-11-01"}
    by_days = article_figures(manager, **span)

    assert services.roll_up_months() == 4
    assert services.roll_up_months() == 0

    assert by_days == [("A", "9", "90.00"), ("", "9", "90.00")]
    assert article_figures(manager, **span) == by_days
    assert set(MonthlyProductSales.objects.values_list("month", flat=True)) == {
        date(2026, month, 1) for month in (8, 9, 10, 11)
    }


@pytest.mark.req("REP-22")
def test_a_month_that_changed_is_read_from_its_days_until_it_is_rolled_up(manager, buyer):
    september = MORNING.replace(month=9)
    span = {"period": "custom", "start": "2026-09-01", "end": "2026-09-30"}
    past(buyer, 1, ("A", 1, "10.00"), at=september)
    services.refresh_stale_days()
    services.roll_up_months()

    past(buyer, 2, ("A", 2, "10.00"), at=september)
    services.refresh_stale_days()

    assert article_figures(manager, **span)[0] == ("A", "3", "30.00")
    assert MonthlyProductSales.objects.get().units == 1
    services.roll_up_months()
    assert MonthlyProductSales.objects.get().units == 3
    assert article_figures(manager, **span)[0] == ("A", "3", "30.00")


@pytest.mark.req("REP-02", "REP-18")
def test_a_product_sold_in_two_bands_leads_to_the_lines_of_each(manager, buyer):
    past(buyer, 1, ("A", 1, "100.00"), ("A", 1, "700.00"))
    past(buyer, 2, ("A", 1, "100.00"), order_type="RETURN")
    services.refresh_stale_days()

    page = manager.get("/reports/sales-by-price/?period=all").content.decode()
    links = [
        link.replace("&amp;", "&")
        for link in re.findall(r'<a href="\.\./(lines/\?[^"]+)"', page)
        if "sku=A" in link
    ]
    sums = []
    for link in links:
        lines = rows_of(manager.get(f"/reports/{link}&format=csv"))
        sums.append((sum(int(r["Units"]) for r in lines), sum(Decimal(r["Total"]) for r in lines)))

    assert sums == [(0, Decimal("0.00")), (1, Decimal("700.00"))]
    rows = [row for row in table(manager, "sales-by-price") if row["SKU"] == "A"]
    assert [(row["Units"], row["Revenue"]) for row in rows] == [("0", "0.00"), ("1", "700.00")]


def test_the_page_shows_the_first_rows_and_the_file_all(manager, buyer):
    options.set_value("reports.rows_on_screen", 10, SYSTEM_ACTOR, timezone.now())
    past(buyer, 1, *((f"S{number:02}", 1, "10.00") for number in range(12)))
    services.refresh_stale_days()

    for code in ("top-products", "sales-by-price", "lines"):
        page = manager.get(f"/reports/{code}/?period=all").content.decode()
        assert "The first rows are shown here" in page
        rows = table(manager, code)
        assert len({row["SKU"] for row in rows if row["SKU"]}) == 12
        assert "S11" not in page


@pytest.mark.req("REP-18")
def test_long_lists_go_on_to_the_next_sheet(monkeypatch, manager, buyer):
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)
    past(buyer, 1, *((f"S{number}", 1, "10.00") for number in range(3)))

    book = manager.get("/reports/lines/?period=all&format=xlsx").content
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book))

    assert len(sheets.sheet_names) == 2
    cells = [sheets.get_sheet_by_index(index).to_python() for index in (0, 1)]
    assert [[row[2] for row in sheet] for sheet in cells] == [["SKU", "S0", "S1"], ["SKU", "S2"]]


def test_a_days_cities_are_named_without_a_question_for_each(buyer):
    def questions(day, count):
        for number in range(count):
            at = MORNING.replace(day=day)
            past(buyer, f"{day}-{number}", ("A", 1, "1.00"), at=at, shipping_city=f"city {number}")
        with CaptureQueriesContext(connection) as asked:
            services.refresh_day(day=date(2026, 11, day))
        return len(asked)

    assert questions(1, 1) == questions(2, 10)
    assert set(DailySales.objects.filter(day="2026-11-02").values_list("city", flat=True)) == {
        f"City {number}" for number in range(10)
    }


def test_rows_behind_a_figure_open_the_order_in_the_back_office(manager, buyer):
    past(buyer, 1, ("A", 1, "1.00"))
    order = Order.objects.get()

    page = manager.get("/reports/rows/?period=all").content.decode()

    assert f'href="{reverse("admin:orders_order_change", args=[order.pk])}"' in page
