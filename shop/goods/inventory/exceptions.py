"""Why stock was refused."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shortage:
    """A variant of which less is available than was wanted."""

    variant_id: int
    wanted: int
    available: int


class OutOfStock(Exception):
    """Somebody wants more than can be sold; names every short variant."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        parts = ", ".join(
            f"variant {short.variant_id}: {short.available} of {short.wanted}"
            for short in self.shortages
        )
        super().__init__(f"Not enough stock ({parts})")


class ReservationGone(Exception):
    """A reservation that should be used has been released or used up already."""

    def __init__(self, reservation_ids: Sequence[int]) -> None:
        self.reservation_ids = tuple(reservation_ids)
        super().__init__(f"Reservations are no longer held: {list(self.reservation_ids)}")


class StockBelowReserved(Exception):
    """A change would leave less on hand than is promised to customers."""

    def __init__(self, *, on_hand: int, reserved: int) -> None:
        self.on_hand = on_hand
        self.reserved = reserved
        super().__init__(
            f"{on_hand} on hand would be less than the {reserved} promised to customers"
        )


class QuantityTooLarge(Exception):
    """More units than a shelf can be counted to."""

    def __init__(self, quantity: int) -> None:
        self.quantity = quantity
        super().__init__(f"{quantity} units are more than a shelf can hold")


class QuantityNotPositive(Exception):
    """A quantity to reserve, use or restock must be at least one."""
