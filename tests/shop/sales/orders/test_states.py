"""Draft, activated, completed, cancelled: by the table only, with a line in the story."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shop.core import timeline
from shop.core.actors import SYSTEM_ACTOR, Actor
from shop.core.workflow import TransitionRefused
from shop.directory.customers.models import Customer
from shop.goods.inventory.models import Reservation, StockItem
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders import services
from shop.sales.orders.exceptions import OrderIncomplete, OrderNotActivated, PaymentOutstanding
from shop.sales.orders.models import Order, OrderStatus
from shop.sales.orders.workflows import ORDER_WORKFLOW
from shop.sales.payments import services as payments
from tests.factories.orders import placed_order
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
STEPS = {"activate", "complete", "cancel"}
TABLE = {
    ("DRAFT", "activate"): "ACTIVATED",
    ("DRAFT", "cancel"): "CANCELLED",
    ("ACTIVATED", "complete"): "COMPLETED",
    ("ACTIVATED", "cancel"): "CANCELLED",
}


@pytest.mark.req("ORD-02")
@pytest.mark.parametrize("state", OrderStatus.values)
@pytest.mark.parametrize("step", sorted(STEPS))
def test_the_table_of_states_is_the_whole_truth(state, step):
    if (state, step) in TABLE:
        assert ORDER_WORKFLOW.target(state, step) == TABLE[state, step]
    else:
        with pytest.raises(TransitionRefused):
            ORDER_WORKFLOW.target(state, step)


@pytest.mark.req("ORD-02", "ORD-11")
def test_a_change_of_state_has_actor_time_and_reason():
    order = placed_order()
    clerk = Actor(kind="STAFF", key="K1", label="Ravi Clerk", channel="admin")

    services.mark_cancelled(
        order_id=order.pk, reason="OUT_OF_STOCK", note="Broken in store", actor=clerk, now=NOW
    )

    entry = timeline.entries("order", order.key).get(kind="order.cancelled")
    assert (entry.actor_label, entry.channel, entry.occurred_at) == ("Ravi Clerk", "admin", NOW)
    assert entry.message == "Order cancelled: Broken in store"
    assert entry.data == {"from": "DRAFT", "to": "CANCELLED", "reason": "OUT_OF_STOCK"}


@pytest.mark.req("ORD-02")
@pytest.mark.parametrize("state", ["ACTIVATED", "COMPLETED", "CANCELLED"])
def test_an_order_is_activated_once(state):
    order = placed_order()
    Order.objects.update(status=state, paid_total=order.grand_total)
    before = timeline.entries("order", order.key).count()

    with pytest.raises(TransitionRefused):
        services.activate(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    order.refresh_from_db()
    assert order.status == state
    assert timeline.entries("order", order.key).count() == before


@pytest.mark.req("ORD-04")
def test_activation_turns_what_is_held_into_an_allocation():
    order = placed_order()

    services.activate(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    order.refresh_from_db()
    assert (order.status, order.activated_at) == ("ACTIVATED", NOW)
    assert Reservation.objects.get().state == "ALLOCATED"


@pytest.mark.req("ORD-04")
@pytest.mark.parametrize("missing", ["lines", "price list"])
def test_activation_needs_a_line_and_a_price_list(missing):
    order = placed_order()
    if missing == "lines":
        order.lines.all().delete()
    else:
        Order.objects.update(price_list_code="")

    with pytest.raises(OrderIncomplete):
        services.activate(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    order.refresh_from_db()
    assert order.status == "DRAFT"
    assert Reservation.objects.get().state == "HELD"


@pytest.mark.req("ORD-04")
def test_nothing_is_shipped_for_a_draft():
    order = placed_order()

    with pytest.raises(OrderNotActivated):
        fulfillment.create_shipments(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    assert not Shipment.objects.exists()


@pytest.mark.req("ORD-03", "PAY-15")
def test_an_unpaid_order_is_not_completed_and_the_open_amount_is_named():
    order = placed_order((sellable_variant(price="100.00"), 2), payment_method="cod")

    with pytest.raises(PaymentOutstanding) as refusal:
        services.complete(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    assert refusal.value.open_amount == Decimal("249.00")
    assert "249.00 INR is still to be paid" in str(refusal.value)
    order.refresh_from_db()
    assert order.status == "ACTIVATED"


@pytest.mark.req("ORD-03", "PAY-15")
def test_cash_received_lets_the_order_be_completed():
    order = placed_order(payment_method="cod")
    payments.confirm_cash(payment_id=order.payments.get().pk, actor=SYSTEM_ACTOR, now=NOW)

    services.complete(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    order.refresh_from_db()
    assert (order.status, order.payment_status, order.completed_at) == ("COMPLETED", "PAID", NOW)


@pytest.mark.req("ORD-03")
def test_the_database_refuses_a_completed_order_that_is_not_paid():
    order = placed_order(payment_method="cod")

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="COMPLETED")

    order.refresh_from_db()
    assert order.status == "ACTIVATED"


def test_a_cancelled_order_gives_its_goods_back_and_leaves_the_figures():
    order = placed_order()

    services.mark_cancelled(order_id=order.pk, reason="OTHER", note="", actor=SYSTEM_ACTOR, now=NOW)

    assert Reservation.objects.get().state == "RELEASED"
    assert StockItem.objects.get().reserved == 0
    customer = Customer.objects.get()
    assert (customer.order_count, customer.lifetime_value) == (0, Decimal(0))


@pytest.mark.req("ORD-09")
def test_renaming_and_repricing_a_product_leaves_the_order_alone():
    shoes = sellable_variant(price="100.00", sku="OLD-SKU")
    order = placed_order((shoes, 1))
    old_name = shoes.product.name

    shoes.sku, shoes.product.name, shoes.product.slug = "NEW-SKU", "New name", "new-name"
    shoes.product.save()
    shoes.save()
    shoes.prices.update(amount=Decimal("999.00"))

    line = order.lines.get()
    assert (line.sku, line.title, line.unit_price) == ("OLD-SKU", old_name, Decimal("100.00"))


@pytest.mark.req("ORD-09")
def test_deleting_a_product_leaves_the_order_alone():
    shoes = sellable_variant(sku="OLD-SKU")
    order = placed_order((shoes, 1))
    services.mark_cancelled(order_id=order.pk, reason="OTHER", note="", actor=SYSTEM_ACTOR, now=NOW)
    before = order.lines.values().get() | {"variant_id": None}
    order.lines.get().allocations.all().delete()
    for item in StockItem.objects.all():
        item.reservations.all().delete()
        item.movements.all().delete()
        item.delete()

    shoes.product.delete()

    assert order.lines.values().get() == before
