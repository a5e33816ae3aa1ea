"""Numbers of orders that a manager may change."""

from shop.core.options import Option, register

register(
    Option(
        "orders.guest_link_days",
        kind="int",
        default=90,
        minimum=1,
        maximum=3650,
        help="Days for which the signed link of a mail opens its order.",
    ),
)
