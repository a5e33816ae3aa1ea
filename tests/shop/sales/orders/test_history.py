"""Orders from before come in by thousands, each once, exactly as they were."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.core import events
from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import RowsWritten
from shop.directory.customers.models import Customer
from shop.goods.inventory.models import StockMovement
from shop.sales.orders import services
from shop.sales.orders.dataclasses import PastLine, PastOrder
from shop.sales.orders.events import OrderPlaced, PastOrdersRecorded
from shop.sales.orders.models import Order, OrderLine
from tests.factories.orders import HOME
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
THEN = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


def line(quantity=6, price="2.55", total="15.30", **changes):
    return PastLine(
        title="White hanging heart", sku="85123A", quantity=quantity,
        unit_price=Decimal(price), total=Decimal(total), **changes,
    )  # fmt: skip


def past(number="536365", *, customer, lines=None, **changes):
    return PastOrder(
        source="online-retail",
        source_number=number,
        customer_id=customer.pk,
        placed_at=THEN,
        currency="GBP",
        lines=lines or [line()],
        **changes,
    )


@pytest.fixture
def customer():
    return Customer.objects.create(source="online-retail", source_number="17850", full_name="17850")


def record(*orders, **options):
    return services.record_past_orders(orders=orders, actor=SYSTEM_ACTOR, now=NOW, **options)


@pytest.mark.req("DATA-13", "ORD-15")
def test_a_past_order_keeps_its_date_currency_source_and_sums(customer):
    charge = line(1, "18.00", "18.00", kind="CHARGE")

    result = record(past(customer=customer, lines=[line(), charge], shipping=HOME))

    order = Order.objects.get()
    assert (result.created, result.unchanged, result.order_ids) == (1, 0, (order.pk,))
    assert (order.placed_at, order.currency, order.is_history) == (THEN, "GBP", True)
    assert (order.channel, order.source, order.source_number) == (
        "IMPORT",
        "online-retail",
        "536365",
    )
    assert order.number.startswith("101201-")
    assert (order.status, order.payment_status) == ("COMPLETED", "PAID")
    assert (order.grand_total, order.paid_total) == (Decimal("33.30"), Decimal("33.30"))
    lines = list(OrderLine.objects.order_by("position"))
    assert [row.kind for row in lines] == ["GOODS", "CHARGE"]
    assert (lines[0].sku, lines[0].quantity, lines[0].unit_price, lines[0].total) == (
        "85123A",
        6,
        Decimal("2.55"),
        Decimal("15.30"),
    )
    assert lines[0].shipped_quantity == 6
    assert len({row.key for row in lines}) == 2
    assert order.addresses.get(kind="SHIPPING").city == "Madanapalle"


def test_a_second_run_writes_nothing(customer):
    batch = [past(str(number), customer=customer) for number in range(3)]
    record(*batch)

    again = record(*batch, past("new", customer=customer), past("new", customer=customer))

    assert (again.created, again.unchanged) == (1, 4)
    assert (Order.objects.count(), OrderLine.objects.count()) == (4, 4)


def test_returns_and_adjustments_are_negative_so_that_sums_add_up(customer):
    record(
        past("536365", customer=customer),
        past(
            "C536379",
            customer=customer,
            order_type="RETURN",
            payment_status="REFUNDED",
            lines=[line(1, "15.30", "-15.30")],
        ),
        past(
            "A563186",
            customer=customer,
            order_type="ADJUSTMENT",
            lines=[line(1, "-11062.06", "-11062.06", kind="CHARGE")],
        ),
    )

    totals = Order.objects.order_by("pk").values_list("order_type", "grand_total")
    assert list(totals) == [
        ("NORMAL", Decimal("15.30")),
        ("RETURN", Decimal("-15.30")),
        ("ADJUSTMENT", Decimal("-11062.06")),
    ]


def test_history_touches_no_stock_sends_no_mail_and_reaches_the_crm_only_when_asked(
    customer, monkeypatch
):
    shoes = sellable_variant()
    heard = []
    for kind in (OrderPlaced, PastOrdersRecorded, RowsWritten):
        monkeypatch.setitem(events._subscribers, kind, [lambda event: heard.append(type(event))])

    record(past("1", customer=customer, lines=[line(variant_id=shoes.pk)]))
    quiet = list(heard)
    record(past("2", customer=customer), sync=True)

    assert quiet == [PastOrdersRecorded]
    assert heard[1:] == [PastOrdersRecorded, RowsWritten]
    assert not StockMovement.objects.filter(kind="SALE").exists()
    assert OrderLine.objects.get(order__source_number="1").variant == shoes


def test_customers_are_counted_anew_after_an_import(customer):
    record(
        past("1", customer=customer),
        past("2", customer=customer, status="CANCELLED", payment_status="CANCELLED"),
        past("C3", customer=customer, order_type="RETURN", lines=[line(1, "5.30", "-5.30")]),
    )

    counted = services.refresh_customer_figures(customer_ids=[customer.pk])

    customer.refresh_from_db()
    assert counted == 1
    assert (customer.order_count, customer.lifetime_value) == (1, Decimal("10.00"))
    assert customer.first_order_at == THEN


def test_an_order_of_a_thousand_lines_takes_the_same_queries_as_one_of_ten(
    customer, django_assert_max_num_queries
):
    def queries(count):
        order = past(str(count), customer=customer, lines=[line()] * count)
        with django_assert_max_num_queries(50) as seen:
            record(order)
        return len(seen)

    assert queries(1000) == queries(10)
