"""The states of a payment and of a refund, and the steps between them."""

from shop.core.workflow import Transition, Workflow

PAYMENT_WORKFLOW = Workflow(
    "payment",
    transitions=[
        Transition(
            event="authorize", sources=("PENDING", "FAILED"), target="AUTHORIZED", label="Authorise"
        ),
        Transition(
            event="capture",
            sources=("PENDING", "AUTHORIZED", "FAILED", "CANCELLED"),
            target="PAID",
            label="Capture",
        ),
        Transition(event="fail", sources=("PENDING", "AUTHORIZED"), target="FAILED", label="Fail"),
        Transition(
            event="cancel",
            sources=("PENDING", "AUTHORIZED", "FAILED"),
            target="CANCELLED",
            label="Cancel",
        ),
        Transition(
            event="refund_part",
            sources=("PAID", "PART_REFUNDED"),
            target="PART_REFUNDED",
            label="Refund a part",
        ),
        Transition(
            event="refund_all",
            sources=("PAID", "PART_REFUNDED"),
            target="REFUNDED",
            label="Refund",
        ),
    ],
)

REFUND_WORKFLOW = Workflow(
    "refund",
    transitions=[
        Transition(event="settle", sources=("PENDING", "FAILED"), target="DONE", label="Settle"),
        Transition(event="fail", sources=("PENDING",), target="FAILED", label="Fail"),
        Transition(event="retry", sources=("FAILED",), target="PENDING", label="Try again"),
    ],
)
