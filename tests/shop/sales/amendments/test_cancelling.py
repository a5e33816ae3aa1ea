"""An order can be called off until it is packed; goods and money follow."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.core.actors import SYSTEM_ACTOR
from shop.core.workflow import TransitionRefused
from shop.goods.inventory.models import StockItem
from shop.sales.amendments import policies, services
from shop.sales.amendments.exceptions import ReasonMissing, TooLateToCancel
from shop.sales.fulfillment import services as fulfillment
from shop.sales.payments import services as payments
from shop.sales.payments.models import Refund
from tests.factories.fulfillment import planned_shipment
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def cancel(order, reason="CHANGED_MIND", note=""):
    services.cancel_order(order_id=order.pk, reason=reason, note=note, actor=SYSTEM_ACTOR, now=NOW)
    order.refresh_from_db()


@pytest.mark.req("ORD-06")
def test_a_paid_order_gives_goods_and_money_back():
    order = placed_order((sellable_variant(stock=3), 2))
    tell(started_payment(order))
    planned = planned_shipment(order)

    cancel(order, note="Sorry")

    refund = Refund.objects.get()
    assert (order.status, order.cancel_reason) == ("CANCELLED", "CHANGED_MIND")
    assert (refund.amount, refund.state) == (Decimal("249.00"), "PENDING")
    assert StockItem.objects.get().reserved == 0
    planned.refresh_from_db()
    assert planned.state == "CANCELLED"
    payments.send_refund(refund_id=refund.pk, now=NOW)
    order.refresh_from_db()
    assert (order.payment_status, order.refunded_total) == ("REFUNDED", Decimal("249.00"))


@pytest.mark.req("ORD-06")
def test_an_unpaid_order_stops_asking_for_money():
    order = placed_order()

    cancel(order)

    assert (order.status, order.payment_status) == ("CANCELLED", "CANCELLED")
    assert order.payments.get().state == "CANCELLED"
    assert not Refund.objects.exists()


@pytest.mark.req("ORD-06")
def test_a_packed_order_is_not_cancelled():
    order = placed_order((sellable_variant(stock=3), 2), payment_method="cod")
    fulfillment.mark_packed(shipment_id=planned_shipment(order).pk, actor=SYSTEM_ACTOR, now=NOW)

    with pytest.raises(TooLateToCancel):
        cancel(order)

    order.refresh_from_db()
    assert order.status == "ACTIVATED"
    assert StockItem.objects.get().reserved == 2


def test_an_order_is_cancelled_once():
    order = placed_order()
    cancel(order)

    with pytest.raises(TransitionRefused):
        cancel(order)


@pytest.mark.parametrize("reason", ["", "BECAUSE", "x" * 10_000])
def test_a_reason_of_the_list_is_needed(reason):
    order = placed_order()

    with pytest.raises(ReasonMissing):
        cancel(order, reason=reason)

    order.refresh_from_db()
    assert order.status == "DRAFT"


@pytest.mark.req("ORD-06")
def test_customers_cancel_their_own_orders_only_until_packed():
    me, you = registered_customer(), registered_customer("you@example.com")
    order = placed_order(customer=me, payment_method="cod")

    before = [
        policies.can_cancel(user=buyer.user, order=order, customer=buyer) for buyer in (me, you)
    ]
    fulfillment.mark_packed(shipment_id=planned_shipment(order).pk, actor=SYSTEM_ACTOR, now=NOW)
    order.refresh_from_db()

    assert before == [True, False]
    assert policies.can_cancel(user=me.user, order=order, customer=me) is False
