"""Borders of price bands, as the option holds them."""

from decimal import Decimal


def parse_bands(text: str) -> list[Decimal]:
    """Borders of price bands from the option, ascending."""
    return sorted({Decimal(part.strip()) for part in text.split(",") if part.strip()})
