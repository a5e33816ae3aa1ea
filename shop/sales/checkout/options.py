"""Numbers of the checkout that a manager may change."""

from shop.core.options import Option, register

register(
    Option(
        "cart.reservation_minutes",
        kind="int",
        default=15,
        minimum=1,
        maximum=1440,
        help="Minutes for which goods are held once checkout has started.",
    ),
)
