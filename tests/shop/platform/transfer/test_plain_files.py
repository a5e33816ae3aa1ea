"""Customers, stock and orders in the plain format."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core import mail

from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import RowsWritten, subscribe
from shop.directory.customers.models import Address, Customer
from shop.engagement.notifications.models import Message
from shop.goods.inventory.models import StockItem, StockMovement
from shop.platform.transfer.exports import run_export
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.services import ImportRequest, run_import
from shop.sales.orders.models import Order, OrderLine
from tests.factories.catalog import VariantFactory
from tests.factories.customers import UserFactory
from tests.factories.organization import LocationFactory

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _import(kind, path, **options):
    context = ImportContext(**options.pop("context", {}))
    request = ImportRequest(path=path, object=kind, context=context, **options)
    return run_import(request=request, actor=SYSTEM_ACTOR, now=NOW)


def _write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def _figures(report):
    return report.read, report.created, report.updated, report.unchanged, report.rejected


CUSTOMERS = """email,full_name,phone,country,line1,city,state,postal_code
Meera@Example.com,Meera Nair,+91 98860 11223,India,4 Church Street,Bengaluru,Karnataka,560001
ravi@example.com,Ravi Kumar,,,,,,
"""


@pytest.mark.req("DATA-13")
def test_customers_are_known_by_their_email_and_a_second_run_changes_nothing(tmp_path):
    path = _write(tmp_path / "customers.csv", CUSTOMERS)

    first, second = _import("customers", path), _import("customers", path)

    assert _figures(first) == (2, 2, 0, 0, 0)
    assert _figures(second) == (2, 0, 0, 2, 0)
    meera = Customer.objects.get(email="meera@example.com")
    address = meera.addresses.get()
    assert (address.state, address.country, address.is_default_shipping) == ("KA", "IN", True)


def test_a_customer_who_signs_in_is_updated_and_keeps_the_sign_in(tmp_path):
    user = UserFactory(email="ravi@example.com")
    known = Customer.objects.create(user=user, email="ravi@example.com", full_name="R. Kumar")

    report = _import("customers", _write(tmp_path / "customers.csv", CUSTOMERS))

    assert _figures(report) == (2, 1, 1, 0, 0)
    known.refresh_from_db()
    assert (known.full_name, known.user) == ("Ravi Kumar", user)


def test_bad_customers_are_refused_row_by_row(tmp_path):
    path = _write(
        tmp_path / "customers.csv",
        "email,full_name,source,source_number\n"
        "nonsense,A,,\na@example.com,,,\nb@example.com,B,,\nB@example.com,B,,\n,C,,17\n",
    )

    report = _import("customers", path)

    assert _figures(report) == (5, 1, 0, 0, 4)
    assert [(one.row, one.column) for one in report.problems] == [
        (2, "email"),
        (3, "full_name"),
        (5, "email"),
        (6, "source"),
    ]


@pytest.mark.req("CART-02", "DATA-13")
def test_stock_is_booked_in_the_ledger_once(tmp_path):
    variant, place = VariantFactory(sku="A-1"), LocationFactory(code="MPL")
    path = _write(
        tmp_path / "stock.csv",
        "sku,location,on_hand\nA-1,MPL,12\nA-1,XXX,5\nA-9,MPL,5\nA-1,MPL,7\nA-1,MPL,-1\n",
    )

    first, second = _import("stock", path), _import("stock", path)

    assert _figures(first) == (5, 1, 0, 0, 4)
    assert _figures(second) == (5, 0, 0, 1, 4)
    assert StockItem.objects.get(variant=variant, location=place).on_hand == 12
    assert StockMovement.objects.get().quantity == 12
    assert {(one.row, one.column) for one in first.problems} == {
        (3, "location"),
        (4, "sku"),
        (5, "sku"),
        (6, "on_hand"),
    }


def test_stock_below_what_is_promised_is_refused(tmp_path):
    item = StockItem.objects.create(
        variant=VariantFactory(sku="A-1"),
        location=LocationFactory(code="MPL"),
        on_hand=9,
        reserved=4,
    )
    path = _write(tmp_path / "stock.csv", "sku,location,on_hand\nA-1,MPL,3\n")

    report = _import("stock", path)

    assert _figures(report) == (1, 0, 0, 0, 1)
    assert "4 units are promised" in report.problems[0].reason
    item.refresh_from_db()
    assert item.on_hand == 9


ORDERS = """number,placed_at,email,sku,title,quantity,unit_price,discount,shipping_total,city,state
W-1,2025-04-01 10:00,a@example.com,A-1,Lamp,2,10.005,,49,Pune,MH
W-2,2025-04-02,b@example.com,A-1,Lamp,1,100,10,,,
W-1,2025-04-01 10:00,a@example.com,A-2,Chair,1,20,,49,Pune,MH
"""


@pytest.mark.req("DATA-05", "DATA-13")
def test_orders_keep_their_dates_and_send_no_mail(tmp_path):
    path = _write(tmp_path / "orders.csv", ORDERS)

    first, second = _import("orders", path), _import("orders", path)

    assert _figures(first) == (3, 2, 0, 0, 0)
    assert _figures(second) == (3, 0, 0, 2, 0)
    order = Order.objects.get(source_number="W-1")
    assert order.placed_at == datetime(2025, 4, 1, 4, 30, tzinfo=UTC)
    assert (order.status, order.channel, order.region) == ("COMPLETED", "IMPORT", "West")
    totals = order.lines.order_by("position").values_list("total", flat=True)
    assert list(totals) == [Decimal("20.01"), Decimal(20)]
    assert (order.shipping_total, order.grand_total) == (49, Decimal("89.01"))
    assert Order.objects.get(source_number="W-2").discount_total == 10
    assert not Message.objects.exists()
    assert not mail.outbox
    assert not StockMovement.objects.exists()


@pytest.mark.req("CART-02", "DATA-06")
def test_half_an_order_is_never_written(tmp_path):
    text = ORDERS + "W-3,2025-04-03,c@example.com,A-1,Lamp,1,10,,,,\n"
    text += "W-3,2025-04-03,c@example.com,A-2,Chair,-1,20,,,,\n"
    errors = tmp_path / "errors.csv"

    report = _import("orders", _write(tmp_path / "orders.csv", text), errors_path=errors)

    assert _figures(report) == (5, 2, 0, 0, 2)
    assert not Order.objects.filter(source_number="W-3").exists()
    assert not Customer.objects.filter(email="c@example.com").exists()
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["error_row"]: row for row in csv.DictReader(stream)}
    assert rows["5"]["error_reason"] == "belongs to row 6, which is refused"
    assert (rows["6"]["error_column"], rows["6"]["error_reason"]) == (
        "quantity",
        "must be at least 1",
    )


def test_rows_of_one_order_must_agree(tmp_path):
    text = ORDERS.replace("W-1,2025-04-01 10:00,a@", "W-1,2025-04-01 10:00,z@", 1)

    report = _import("orders", _write(tmp_path / "orders.csv", text))

    assert _figures(report) == (3, 1, 0, 0, 2)
    assert "differs from row 2" in report.problems[1].reason


def test_an_export_of_orders_that_comes_back_adds_nothing(tmp_path):
    _import("orders", _write(tmp_path / "orders.csv", ORDERS))
    out = tmp_path / "out.csv"

    report = run_export(kind="orders", path=out, currency="INR", progress=lambda _rows: None)

    assert report.rows == OrderLine.objects.count() == 3
    assert _figures(_import("orders", out)) == (3, 0, 0, 2, 0)


@pytest.mark.parametrize("kind", ["customers", "stock"])
def test_exports_come_back_without_a_change(tmp_path, kind):
    _import("customers", _write(tmp_path / "customers.csv", CUSTOMERS))
    StockItem.objects.create(
        variant=VariantFactory(sku="A-1"), location=LocationFactory(code="MPL"), on_hand=9
    )
    out = tmp_path / "out.csv"

    report = run_export(kind=kind, path=out, currency="INR", progress=lambda _rows: None)

    assert _figures(_import(kind, out)) == (report.rows, 0, 0, report.rows, 0)
    assert Address.objects.count() == 1


def test_history_goes_to_the_crm_only_when_it_is_asked_for(tmp_path):
    heard = []
    subscribe(RowsWritten, heard.append)
    path = _write(tmp_path / "orders.csv", ORDERS)

    _import("orders", path)
    assert not heard
    Order.objects.all().delete()
    Customer.objects.all().delete()
    _import("orders", path, context={"is_synced": True})

    assert {(event.model_label, len(event.pks)) for event in heard} == {
        ("customers.Customer", 2),
        ("orders.Order", 2),
    }


def test_the_figures_of_customers_are_counted_once_at_the_end(tmp_path):
    _import("orders", _write(tmp_path / "orders.csv", ORDERS))

    customer = Customer.objects.get(email="a@example.com")
    assert (customer.order_count, customer.lifetime_value) == (1, Decimal("89.01"))
