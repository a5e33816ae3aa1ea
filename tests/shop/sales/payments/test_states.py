"""Payments move by their table; what they add up to is derived, never typed."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from shop.core.workflow import TransitionRefused
from shop.sales.payments.derivation import derive
from shop.sales.payments.models import PaymentState
from shop.sales.payments.workflows import PAYMENT_WORKFLOW, REFUND_WORKFLOW

TABLE = {
    ("PENDING", "authorize"): "AUTHORIZED",
    ("FAILED", "authorize"): "AUTHORIZED",
    ("PENDING", "capture"): "PAID",
    ("AUTHORIZED", "capture"): "PAID",
    ("FAILED", "capture"): "PAID",
    ("CANCELLED", "capture"): "PAID",
    ("PENDING", "fail"): "FAILED",
    ("AUTHORIZED", "fail"): "FAILED",
    ("PENDING", "cancel"): "CANCELLED",
    ("AUTHORIZED", "cancel"): "CANCELLED",
    ("FAILED", "cancel"): "CANCELLED",
    ("PAID", "refund_part"): "PART_REFUNDED",
    ("PART_REFUNDED", "refund_part"): "PART_REFUNDED",
    ("PAID", "refund_all"): "REFUNDED",
    ("PART_REFUNDED", "refund_all"): "REFUNDED",
}
STEPS = sorted({step for _, step in TABLE})


@dataclass
class Collected:
    state: str
    captured_amount: Decimal = Decimal(0)
    refunded_amount: Decimal = Decimal(0)


def money(state, captured=0, refunded=0):
    return Collected(state, Decimal(captured), Decimal(refunded))


@pytest.mark.req("PAY-02")
@pytest.mark.parametrize("state", PaymentState.values)
@pytest.mark.parametrize("step", STEPS)
def test_the_table_of_states_is_the_whole_truth(state, step):
    if (state, step) in TABLE:
        assert PAYMENT_WORKFLOW.target(state, step) == TABLE[state, step]
    else:
        with pytest.raises(TransitionRefused):
            PAYMENT_WORKFLOW.target(state, step)


@pytest.mark.req("PAY-02")
def test_a_refund_that_is_done_stays_done():
    for step in ("fail", "retry", "settle"):
        with pytest.raises(TransitionRefused):
            REFUND_WORKFLOW.target("DONE", step)


@pytest.mark.req("PAY-02")
@pytest.mark.parametrize(
    ("payments", "status"),
    [
        ([], "PENDING"),
        ([money("PENDING")], "PENDING"),
        ([money("AUTHORIZED")], "AUTHORIZED"),
        ([money("FAILED")], "FAILED"),
        ([money("CANCELLED"), money("PENDING")], "PENDING"),
        ([money("CANCELLED"), money("FAILED")], "FAILED"),
        ([money("CANCELLED")], "CANCELLED"),
        ([money("PAID", 100)], "PAID"),
        ([money("PAID", 60)], "PART_PAID"),
        ([money("PAID", 60), money("PAID", 40)], "PAID"),
        ([money("PAID", 100), money("PENDING")], "PAID"),
        ([money("PART_REFUNDED", 100, 30)], "PART_REFUNDED"),
        ([money("REFUNDED", 100, 100)], "REFUNDED"),
        ([money("PAID", 100), money("REFUNDED", 100, 100)], "PAID"),
    ],
)
def test_the_status_of_an_order_follows_from_its_payments(payments, status):
    assert derive(grand_total=Decimal(100), payments=payments).status == status


def test_an_order_for_nothing_is_paid():
    assert derive(grand_total=Decimal(0), payments=[]).status == "PAID"
