"""Everything that changes stock. Nobody else writes `on_hand` or `reserved`."""

from shop.goods.inventory.services.imports import import_levels
from shop.goods.inventory.services.levels import (
    adjust,
    receive,
    restock,
    set_on_hand,
    set_safety,
)
from shop.goods.inventory.services.reservations import (
    allocate,
    consume,
    consume_parts,
    extend,
    release,
    release_expired,
    release_holder,
    reserve,
)

__all__ = [
    "adjust",
    "allocate",
    "consume",
    "consume_parts",
    "extend",
    "import_levels",
    "receive",
    "release",
    "release_expired",
    "release_holder",
    "reserve",
    "restock",
    "set_on_hand",
    "set_safety",
]
