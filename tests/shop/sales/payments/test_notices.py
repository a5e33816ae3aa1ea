"""What gateways tell us is booked once, in any order, and only when it fits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shop.core import events
from shop.core.actors import SYSTEM_ACTOR
from shop.core.models import InboxMessage, TimelineEntry
from shop.goods.inventory.models import Reservation, StockItem
from shop.sales.amendments import services as amendments
from shop.sales.amendments import tasks as amendment_tasks
from shop.sales.payments import selectors, services
from shop.sales.payments.events import ForgedNoticeRefused
from shop.sales.payments.exceptions import (
    AlreadyPaid,
    GatewayUnavailable,
    MethodNotOffered,
    NotRefundable,
    PaymentProblem,
)
from shop.sales.payments.gateways.testpay import TestPay
from shop.sales.payments.models import Payment, PaymentEntry, Refund
from tests.factories.orders import placed_order
from tests.factories.payments import notice_body, started_payment, tell, tell_body
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def booked():
    return list(PaymentEntry.objects.order_by("pk").values_list("kind", "amount"))


@pytest.mark.req("PAY-01", "PAY-02")
def test_a_paid_card_makes_the_order_binding():
    order = placed_order()
    payment = started_payment(order)

    result = tell(payment)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert result == "payment is paid"
    assert (order.status, order.payment_status) == ("ACTIVATED", "PAID")
    assert (order.paid_total, payment.captured_amount) == (Decimal("149.00"), Decimal("149.00"))
    assert booked() == [("CHARGE", Decimal("149.00"))]
    assert Reservation.objects.get().state == "ALLOCATED"


@pytest.mark.req("PAY-11")
def test_the_same_message_again_changes_nothing():
    payment = started_payment(placed_order())
    body = notice_body(payment)
    tell_body(body)
    before = TimelineEntry.objects.count()

    tell_body(body)

    assert InboxMessage.objects.filter(source="payments.testpay").count() == 1
    assert booked() == [("CHARGE", Decimal("149.00"))]
    assert TimelineEntry.objects.count() == before


@pytest.mark.req("PAY-11")
def test_another_message_about_the_same_payment_changes_nothing():
    order = placed_order()
    payment = started_payment(order)
    tell(payment)

    result = tell(payment)

    assert result == "no change: payment is paid"
    assert booked() == [("CHARGE", Decimal("149.00"))]


@pytest.mark.req("PAY-11")
@pytest.mark.parametrize("late", ["authorized", "failed", "cancelled"])
def test_a_message_that_paid_overtook_changes_nothing(late):
    order = placed_order()
    payment = started_payment(order)
    tell(payment, "paid")

    tell(payment, late)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (payment.state, order.payment_status, order.status) == ("PAID", "PAID", "ACTIVATED")


@pytest.mark.req("PAY-02")
def test_authorised_then_paid():
    order = placed_order()
    payment = started_payment(order)

    tell(payment, "authorized")
    order.refresh_from_db()
    between = (order.status, order.payment_status)
    tell(payment, "paid")

    order.refresh_from_db()
    assert between == ("DRAFT", "AUTHORIZED")
    assert (order.status, order.payment_status) == ("ACTIVATED", "PAID")


@pytest.mark.req("PAY-03")
@pytest.mark.parametrize(
    "forgery",
    [{"amount": "1.00"}, {"currency": "USD"}, {"order_number": "261121-000000"}],
)
def test_a_message_that_does_not_fit_leaves_the_order_unpaid_and_raises_an_alarm(
    forgery, monkeypatch, caplog
):
    order = placed_order()
    payment = started_payment(order)
    alarms = []
    monkeypatch.setitem(events._subscribers, ForgedNoticeRefused, [alarms.append])

    result = tell(payment, **forgery)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert result.startswith("refused: ")
    assert (order.status, order.payment_status, payment.state) == ("DRAFT", "PENDING", "PENDING")
    assert booked() == []
    assert [alarm.reference for alarm in alarms] == [payment.reference]
    assert "Message of payment service refused" in caplog.text
    assert TimelineEntry.objects.filter(kind="payment.notice_refused").count() == 1


@pytest.mark.req("PAY-03")
def test_a_message_about_an_unknown_payment_is_kept_and_changes_nothing():
    order = placed_order()
    started_payment(order)

    result = tell(
        Payment(reference="tp_forged", amount=order.grand_total, order=order), currency="INR"
    )

    order.refresh_from_db()
    assert result == "unknown payment"
    assert order.payment_status == "PENDING"


def test_a_declined_card_leaves_the_order_open_for_another_try():
    order = placed_order()
    first = started_payment(order)
    tell(first, "failed", failure_code="card_declined", failure_message="Declined.")

    services.retry_payment(order_id=order.pk, method="card", actor=SYSTEM_ACTOR, now=NOW)
    second = started_payment(order)
    tell(second)

    order.refresh_from_db()
    states = list(order.payments.order_by("pk").values_list("state", flat=True))
    assert states == ["CANCELLED", "PAID"]
    assert (order.status, order.payment_status) == ("ACTIVATED", "PAID")
    assert booked() == [("CHARGE", Decimal("149.00"))]


def test_a_declined_card_may_be_replaced_by_cash():
    order = placed_order()
    tell(started_payment(order), "failed")

    services.retry_payment(order_id=order.pk, method="cod", actor=SYSTEM_ACTOR, now=NOW)

    order.refresh_from_db()
    assert (order.status, order.payment_method) == ("ACTIVATED", "cod")


def test_a_paid_order_is_not_paid_again():
    order = placed_order()
    tell(started_payment(order))

    with pytest.raises(AlreadyPaid):
        services.retry_payment(order_id=order.pk, method="card", actor=SYSTEM_ACTOR, now=NOW)

    assert order.payments.count() == 1


def test_an_unknown_way_to_pay_is_not_offered():
    order = placed_order()

    with pytest.raises(MethodNotOffered):
        services.retry_payment(order_id=order.pk, method="shells", actor=SYSTEM_ACTOR, now=NOW)

    assert order.payments.get().state == "PENDING"


@pytest.mark.req("PAY-11")
def test_a_second_payment_for_a_paid_order_is_found_and_refunded():
    order = placed_order()
    first = started_payment(order)
    services.retry_payment(order_id=order.pk, method="card", actor=SYSTEM_ACTOR, now=NOW)
    second = started_payment(order)
    tell(second)

    tell(first)

    assert [payment.pk for payment in selectors.surplus_payments()] == [first.pk]
    first.refresh_from_db()
    assert first.surplus_reason == "The order was paid before."
    refund = services.refund(
        payment_id=first.pk,
        amount=first.refundable_amount,
        reason="Paid twice",
        actor=SYSTEM_ACTOR,
        now=NOW,
    )
    services.send_refund(refund_id=refund.pk, now=NOW)
    order.refresh_from_db()
    assert (order.payment_status, order.paid_total, order.refunded_total) == (
        "PAID",
        Decimal("298.00"),
        Decimal("149.00"),
    )
    assert not selectors.surplus_payments().exists()


def test_a_payment_that_comes_after_the_order_was_cancelled_is_never_lost():
    order = placed_order()
    payment = started_payment(order)
    amendments.cancel_order(
        order_id=order.pk, reason="CHANGED_MIND", note="", actor=SYSTEM_ACTOR, now=NOW
    )

    tell(payment)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, order.payment_status) == ("CANCELLED", "PAID")
    assert (payment.state, payment.is_surplus) == ("PAID", True)
    assert selectors.surplus_payments().get() == payment
    assert Reservation.objects.get().state == "RELEASED"


@pytest.mark.req("CART-11")
def test_an_order_that_nobody_pays_is_cancelled_and_its_goods_go_back_on_sale():
    order = placed_order((sellable_variant(stock=1), 1))
    started_payment(order)

    early = amendment_tasks.cancel_unpaid(NOW + timedelta(minutes=29))
    late = amendment_tasks.cancel_unpaid(NOW + timedelta(minutes=30))

    order.refresh_from_db()
    assert (early, late) == (0, 1)
    assert (order.status, order.cancel_reason, order.payment_status) == (
        "CANCELLED",
        "NOT_PAID",
        "CANCELLED",
    )
    assert StockItem.objects.get().reserved == 0


def test_an_order_that_was_paid_or_tried_again_in_time_is_not_cancelled():
    paid, tried = placed_order(), placed_order()
    tell(started_payment(paid))
    services.retry_payment(
        order_id=tried.pk,
        method="card",
        actor=SYSTEM_ACTOR,
        now=NOW + timedelta(minutes=20),
    )

    assert amendment_tasks.cancel_unpaid(NOW + timedelta(minutes=31)) == 0


def test_starting_a_payment_twice_opens_it_once():
    payment = started_payment(placed_order())

    again = services.start(payment_id=payment.pk, now=NOW)

    assert (again.reference, again.redirect_url) == (payment.reference, payment.redirect_url)
    assert payment.redirect_url == f"/pay/test/{payment.reference}/"


def test_cash_is_confirmed_once_and_only_for_cash():
    cash, card = placed_order(payment_method="cod"), placed_order()

    services.confirm_cash(payment_id=cash.payments.get().pk, actor=SYSTEM_ACTOR, now=NOW)
    with pytest.raises(PaymentProblem):
        services.confirm_cash(payment_id=card.payments.get().pk, actor=SYSTEM_ACTOR, now=NOW)

    assert booked() == [("CHARGE", Decimal("149.00"))]
    card.refresh_from_db()
    assert card.payment_status == "PENDING"


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "149.01", "1.005"])
def test_more_than_came_in_or_less_than_a_coin_is_not_refunded(amount):
    payment = started_payment(placed_order())
    tell(payment)

    with pytest.raises(NotRefundable):
        services.refund(
            payment_id=payment.pk,
            amount=Decimal(amount),
            reason="",
            actor=SYSTEM_ACTOR,
            now=NOW,
        )

    assert not Refund.objects.exists()


def test_what_is_on_its_way_back_is_not_refunded_again():
    payment = started_payment(placed_order())
    tell(payment)

    def give_back(amount):
        return services.refund(
            payment_id=payment.pk,
            amount=Decimal(amount),
            reason="",
            actor=SYSTEM_ACTOR,
            now=NOW,
        )

    give_back("100.00")
    with pytest.raises(NotRefundable):
        give_back("50.00")

    assert Refund.objects.get().amount == Decimal("100.00")


@pytest.mark.req("NOT-03", "PAY-02")
def test_a_part_then_the_rest_goes_back():
    order = placed_order()
    payment = started_payment(order)
    tell(payment)
    seen = []
    for amount in ("49.00", "100.00"):
        refund = services.refund(
            payment_id=payment.pk,
            amount=Decimal(amount),
            reason="Damaged",
            actor=SYSTEM_ACTOR,
            now=NOW,
        )
        services.send_refund(refund_id=refund.pk, now=NOW)
        services.settle_refund(refund_id=refund.pk, reference="again", actor=SYSTEM_ACTOR, now=NOW)
        order.refresh_from_db()
        seen.append((order.payment_status, order.refunded_total))

    assert seen == [("PART_REFUNDED", Decimal("49.00")), ("REFUNDED", Decimal("149.00"))]
    assert booked()[1:] == [("REFUND", Decimal("49.00")), ("REFUND", Decimal("100.00"))]


def test_a_refund_is_tried_again_later_and_given_up_in_the_end(monkeypatch):
    payment = started_payment(placed_order())
    tell(payment)
    refund = services.refund(
        payment_id=payment.pk, amount=Decimal(1), reason="", actor=SYSTEM_ACTOR, now=NOW
    )

    def unplugged(*args, **kwargs):
        raise GatewayUnavailable("no answer")

    monkeypatch.setattr(TestPay, "refund", unplugged)
    services.send_refund(refund_id=refund.pk, now=NOW)
    refund.refresh_from_db()
    first = (refund.state, refund.attempts, refund.next_try_at - NOW)
    for _ in range(7):
        services.send_refund(refund_id=refund.pk, now=NOW)

    refund.refresh_from_db()
    assert first == ("PENDING", 1, timedelta(minutes=1))
    assert (refund.state, refund.attempts) == ("FAILED", 8)
    monkeypatch.undo()
    services.retry_refund(refund_id=refund.pk, actor=SYSTEM_ACTOR, now=NOW)
    services.send_refund(refund_id=refund.pk, now=NOW)
    refund.refresh_from_db()
    assert refund.state == "DONE"
