"""The states of an order and the steps between them."""

from shop.core.workflow import Transition, Workflow

ORDER_WORKFLOW = Workflow(
    "order",
    transitions=[
        Transition(event="activate", sources=("DRAFT",), target="ACTIVATED", label="Activate"),
        Transition(event="complete", sources=("ACTIVATED",), target="COMPLETED", label="Complete"),
        Transition(
            event="cancel", sources=("DRAFT", "ACTIVATED"), target="CANCELLED", label="Cancel order"
        ),
    ],
)
