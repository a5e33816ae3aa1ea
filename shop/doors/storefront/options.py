"""Business settings that pages of the store show."""

from shop.core.options import INT, Option, register

RETURN_DAYS = "returns.window_days"

register(
    Option(
        RETURN_DAYS,
        INT,
        30,
        minimum=0,
        maximum=365,
        help="Days after delivery within which goods may be returned.",
    ),
)
