"""The states of a parcel and the steps between them."""

from shop.core.workflow import Transition, Workflow

SHIPMENT_WORKFLOW = Workflow(
    "shipment",
    transitions=[
        Transition(event="pack", sources=("PENDING",), target="PACKED", label="Mark packed"),
        Transition(event="ship", sources=("PENDING", "PACKED"), target="SHIPPED", label="Ship"),
        Transition(
            event="out_for_delivery",
            sources=("SHIPPED",),
            target="OUT_FOR_DELIVERY",
            label="Out for delivery",
        ),
        Transition(
            event="deliver",
            sources=("SHIPPED", "OUT_FOR_DELIVERY"),
            target="DELIVERED",
            label="Mark delivered",
        ),
        Transition(
            event="cancel", sources=("PENDING", "PACKED"), target="CANCELLED", label="Cancel"
        ),
    ],
)
