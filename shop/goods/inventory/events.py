"""What happened to stock."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StockChanged:
    """Variants that sold out or became available again; not every change of a figure."""

    variant_ids: tuple[int, ...]


@dataclass(frozen=True)
class ReservationsExpired:
    """Holders whose goods went back on sale because they took too long."""

    holders: tuple[str, ...]
