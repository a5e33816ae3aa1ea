"""How far the goods of an order have come: a pure answer from its parcels and lines."""

from collections.abc import Collection

NOT_LEFT = frozenset({"PENDING", "PACKED"})
LEFT = frozenset({"SHIPPED", "OUT_FOR_DELIVERY", "DELIVERED"})


def derive(*, states: Collection[str], units_ordered: int, units_shipped: int) -> str:
    """The fulfilment status of an order; `states` are those of its parcels."""
    live = [state for state in states if state != "CANCELLED"]
    if not live or all(state == "PENDING" for state in live):
        return "UNFULFILLED"
    if not any(state in LEFT for state in live):
        return "PACKED" if all(state == "PACKED" for state in live) else "UNFULFILLED"
    if units_shipped < units_ordered or any(state in NOT_LEFT for state in live):
        return "PART_SHIPPED"
    if all(state == "DELIVERED" for state in live):
        return "DELIVERED"
    is_near = all(state in {"OUT_FOR_DELIVERY", "DELIVERED"} for state in live)
    return "OUT_FOR_DELIVERY" if is_near else "SHIPPED"
