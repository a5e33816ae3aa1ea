"""Plain values that go in and out of the inventory services."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StockWish:
    """So many of a variant, preferably from these locations in this order."""

    variant_id: int
    quantity: int
    location_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class ReservedPart:
    """What was held back at one location."""

    reservation_id: int
    variant_id: int
    location_id: int
    quantity: int


@dataclass(frozen=True)
class ConsumedPart:
    """So many units of a reservation that have left the house."""

    reservation_id: int
    quantity: int


@dataclass(frozen=True)
class LevelRow:
    """A counted figure from a file: units of a variant at a location."""

    variant_id: int
    location_id: int
    on_hand: int
    safety: int | None = None
