"""Numbers of the built-in volume discount."""

from decimal import Decimal

from shop.core.options import Option, register

VOLUME_IS_ACTIVE = "promo.volume_is_active"
VOLUME_THRESHOLD = "promo.volume_threshold"
VOLUME_PERCENT = "promo.volume_percent"

register(
    Option(
        key=VOLUME_IS_ACTIVE,
        kind="bool",
        default=True,
        help="Give the volume discount.",
    ),
    Option(
        key=VOLUME_THRESHOLD,
        kind="decimal",
        default=Decimal("1000.00"),
        minimum=Decimal(0),
        help="The goods subtotal must be strictly above this amount.",
    ),
    Option(
        key=VOLUME_PERCENT,
        kind="decimal",
        default=Decimal(10),
        minimum=Decimal(0),
        maximum=Decimal(100),
        help="Percent of the whole goods subtotal that is taken off.",
    ),
)
