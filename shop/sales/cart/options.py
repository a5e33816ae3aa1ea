"""Limits of a cart."""

from shop.core.options import Option, register

register(
    Option(
        "cart.max_units",
        kind="int",
        default=100,
        minimum=1,
        maximum=1_000_000,
        help="Units that one cart may hold in total.",
    ),
    Option(
        "cart.bulk_max_units",
        kind="int",
        default=10_000,
        minimum=1,
        maximum=10_000_000,
        help="The same for customers who may buy in bulk.",
    ),
)
