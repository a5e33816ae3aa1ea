"""Numbers of payments that a manager may change."""

from decimal import Decimal

from shop.core.options import Option, register

register(
    Option(
        "payments.card_is_active",
        kind="bool",
        default=True,
        help="Offer to pay by card or UPI.",
    ),
    Option(
        "payments.cod_is_active",
        kind="bool",
        default=True,
        help="Offer to pay in cash on delivery.",
    ),
    Option(
        "payments.cod_max_amount",
        kind="decimal",
        default=Decimal(50000),
        minimum=Decimal(0),
        help="The largest order that may be paid in cash on delivery.",
    ),
    Option(
        "payments.unpaid_minutes",
        kind="int",
        default=30,
        minimum=1,
        maximum=43200,
        help="Minutes after which an order that nobody paid is cancelled.",
    ),
    Option(
        "payments.simulator_late_seconds",
        kind="int",
        default=5,
        minimum=0,
        maximum=30,
        help="How late the late webhook of the gateway simulator comes.",
    ),
)
