"""How large a demo store is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Counts of one size; `live` orders go through the checkout, the others are history."""

    name: str
    customers: int
    orders: int
    live: int
    has_goods: bool = True


FULL = Size("full", customers=1500, orders=5000, live=40)
SMALL = Size("small", customers=20, orders=30, live=8)
EMPTY = Size("empty", customers=0, orders=0, live=0, has_goods=False)
SIZES = {size.name: size for size in (FULL, SMALL, EMPTY)}
MONTHS = 13
SEED = 20260101
SOURCE = "demo"
LIVE_SOURCE = "demo-live"
