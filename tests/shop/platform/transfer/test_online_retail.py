"""The wholesale file: what its lines add up to, on a slice with every quirk, and in full."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Count, Q, Sum

from shop.core.actors import SYSTEM_ACTOR
from shop.directory.customers.models import Customer
from shop.platform.transfer.models import ImportJob
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.services import ImportRequest, run_import
from shop.sales.orders.models import Order, OrderLine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SLICE = Path(settings.BASE_DIR) / "fixtures" / "online_retail" / "slice.csv"
pytestmark = pytest.mark.django_db

# No C, quantity and price above zero: what the owner of the data calls a sale.
SALES = Q(unit_price__gt=0) & ~Q(order__order_type="RETURN")


def _import(path, **context):
    request = ImportRequest(
        path=path,
        object="orders",
        format="online-retail",
        context=ImportContext(currency="GBP", **context),
    )
    return run_import(request=request, actor=SYSTEM_ACTOR, now=NOW)


def _pence(rows):
    # SQLite adds amounts as floating point numbers; the stored amounts are exact.
    return round(rows.aggregate(sum=Sum("total"))["sum"], 2)


def _figures():
    lines = OrderLine.objects.all()
    sales = lines.filter(SALES)
    returns = lines.filter(order__order_type="RETURN")
    return {
        "all": _pence(lines),
        "sales": _pence(sales),
        "sale invoices": sales.aggregate(count=Count("order", distinct=True))["count"],
        "cancellations": _pence(returns),
        "cancelled invoices": returns.aggregate(count=Count("order", distinct=True))["count"],
        "customers": Customer.objects.exclude(source_number="guest").count(),
        "guest lines": lines.filter(order__customer__source_number="guest").count(),
    }


SLICE_FIGURES = {
    "all": Decimal("195.09"),
    "sales": Decimal("191382.33"),
    "sale invoices": 38,
    "cancellations": Decimal("-169063.12"),
    "cancelled invoices": 14,
    "customers": 33,
    "guest lines": 178,
}


@pytest.mark.req("DATA-05")
def test_the_slice_adds_up_to_the_penny():
    report = _import(SLICE)

    assert (report.read, report.created, report.rejected) == (692, 64, 0)
    assert _figures() == SLICE_FIGURES
    by_order = Order.objects.aggregate(sum=Sum("grand_total"))["sum"]
    assert round(by_order, 2) == SLICE_FIGURES["all"]


@pytest.mark.req("DATA-13")
def test_a_second_run_creates_nothing():
    _import(SLICE)

    report = _import(SLICE)

    assert (report.created, report.updated, report.unchanged) == (0, 0, 64)
    assert _figures() == SLICE_FIGURES


@pytest.mark.req("DATA-13")
def test_a_run_that_was_cut_off_is_completed_without_doubles(tmp_path):
    lines = SLICE.read_text().splitlines(keepends=True)
    half = tmp_path / "half.csv"
    half.write_text("".join(line for line in lines if not line.startswith(("55", "56", "57"))))
    first = _import(half)

    second = _import(SLICE)

    assert first.created + second.created == 64
    assert second.unchanged == first.created
    assert _figures() == SLICE_FIGURES


def test_the_second_published_edition_is_the_same_file(tmp_path):
    renamed = tmp_path / "edition.csv"
    text = SLICE.read_text().replace("InvoiceNo,", "Invoice,", 1)
    text = text.replace("UnitPrice,CustomerID", "Price,Customer ID", 1)
    renamed.write_text(text)

    request = ImportRequest(renamed, "orders", context=ImportContext(currency="GBP"))
    report = run_import(request=request, actor=SYSTEM_ACTOR, now=NOW)

    assert (report.format, report.created) == ("online-retail", 64)
    assert _figures() == SLICE_FIGURES


def test_every_quirk_is_read_as_what_it_means():
    _import(SLICE)

    orders = {order.source_number: order for order in Order.objects.select_related("customer")}
    kinds = Order.objects.values_list("order_type").annotate(count=Count("pk"))
    assert dict(kinds) == {"NORMAL": 42, "RETURN": 14, "ADJUSTMENT": 8}
    # Torn apart in the file, whole in the shop.
    assert orders["542806"].lines.count() == 39
    # Two minutes on one invoice: placed in the first. London had no summer time.
    assert orders["542217"].placed_at == datetime(2011, 1, 26, 12, 35, tzinfo=UTC)
    # In summer the clock in London was an hour ahead.
    assert orders["A563185"].placed_at == datetime(2011, 8, 12, 13, 50, tzinfo=UTC)
    bought, returned = orders["581483"].lines.get(), orders["C581484"].lines.get()
    assert (bought.quantity, bought.total) == (80995, Decimal("168469.60"))
    assert (returned.quantity, returned.total) == (80995, Decimal("-168469.60"))
    # Codes that do not start with five digits are charges, and keep their case.
    charge = orders["A563186"].lines.get()
    assert (charge.kind, charge.sku, charge.total) == ("CHARGE", "B", Decimal("-11062.06"))
    assert OrderLine.objects.filter(kind="GOODS").count() == 645
    # A product goes by its most frequent name, the reason of a write-off stays as a note.
    assert set(OrderLine.objects.filter(sku="22632").values_list("title", flat=True)) == {
        "HAND WARMER RED POLKA DOT"
    }
    assert orders["537032"].order_type == "ADJUSTMENT"
    assert orders["537032"].note == "?"
    # EIRE is Ireland; what is no country stays open.
    assert orders["536540"].shipping_country == "IE"
    assert orders["551013"].shipping_country == ""
    assert (orders["536540"].customer.source_number, orders["536540"].currency) == ("14911", "GBP")
    assert orders["536596"].customer.email == ""


def test_customers_carry_what_they_have_bought():
    _import(SLICE)

    customer = Customer.objects.get(source_number="16446")
    assert (customer.order_count, customer.lifetime_value) == (1, Decimal(0))
    assert customer.first_order_at == datetime(2011, 12, 9, 9, 15, tzinfo=UTC)


@pytest.mark.req("DATA-06")
def test_a_dry_run_counts_and_writes_nothing():
    report = _import(SLICE, is_dry_run=True)

    assert (report.read, report.created) == (692, 64)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    assert not ImportJob.objects.exists()


@pytest.mark.req("DATA-05")
def test_an_invoice_with_a_bad_line_goes_whole_to_the_file_of_errors(tmp_path):
    with SLICE.open(newline="") as stream:
        header, *rows = csv.reader(stream)
    bad = [row for row in rows if row[0] == "536365"]
    bad[1][3] = "2.5"
    path = tmp_path / "bad.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    errors = tmp_path / "errors.csv"

    request = ImportRequest(
        path, "orders", errors_path=errors, context=ImportContext(currency="GBP")
    )
    report = run_import(request=request, actor=SYSTEM_ACTOR, now=NOW)

    assert (report.created, report.rejected) == (63, len(bad))
    assert not Order.objects.filter(source_number="536365").exists()
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        kept = list(csv.DictReader(stream))
    assert len(kept) == len(bad)
    (told,) = [row for row in kept if row["error_column"]]
    assert (told["error_column"], told["error_value"]) == ("Quantity", "2.5")
    assert told["error_reason"] == "is not a whole number"

    # Put right, the same file goes in.
    corrected = errors.read_text(encoding="utf-8-sig").replace(",2.5,", ",6,", 1)
    errors.write_text(corrected)
    again = run_import(
        request=ImportRequest(errors, "orders", context=ImportContext(currency="GBP")),
        actor=SYSTEM_ACTOR,
        now=NOW,
    )
    assert (again.created, again.rejected) == (1, 0)


@pytest.mark.slow
@pytest.mark.req("DATA-05")
def test_the_full_file_adds_up_to_the_penny_in_time_and_memory(datasets):
    path = datasets / "online_retail" / "online_retail_2010_2011.csv.gz"
    if not path.exists():
        pytest.skip(f"no {path.name}: set DATASETS")

    report = _import(path)

    assert (report.read, report.created, report.rejected) == (541_909, 25_900, 0)
    assert _figures() == {
        "all": Decimal("9747747.93"),
        "sales": Decimal("10666684.54"),
        "sale invoices": 19_960,
        "cancellations": Decimal("-896812.49"),
        "cancelled invoices": 3_836,
        "customers": 4_372,
        "guest lines": 135_080,
    }
    assert report.seconds < 90
    assert report.peak_rss_mb < 400
    assert _import(path).created == 0
