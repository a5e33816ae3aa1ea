"""From which shelves a wish is served."""

from collections.abc import Sequence

from shop.goods.inventory.data import StockWish
from shop.goods.inventory.models import StockItem


def choose(wish: StockWish, shelf: Sequence[StockItem]) -> list[tuple[StockItem, int]]:
    """The first location that can serve the whole wish, else a split in the given order."""
    candidates = _in_order(wish.location_ids, shelf)
    for item in candidates:
        if item.sellable >= wish.quantity:
            return [(item, wish.quantity)]
    parts: list[tuple[StockItem, int]] = []
    missing = wish.quantity
    for item in candidates:
        taken = min(item.sellable, missing)
        if taken:
            parts.append((item, taken))
            missing -= taken
    return parts if missing == 0 else []


def available(wish: StockWish, shelf: Sequence[StockItem]) -> int:
    """Units that the candidate locations of a wish can still give."""
    return sum(item.sellable for item in _in_order(wish.location_ids, shelf))


def _in_order(location_ids: Sequence[int], shelf: Sequence[StockItem]) -> list[StockItem]:
    if not location_ids:
        return list(shelf)
    by_location = {item.location_id: item for item in shelf}
    return [by_location[place] for place in location_ids if place in by_location]
