"""Plain values that go in and out of price lists."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PriceRow:
    """A price from a file: what a variant costs."""

    variant_id: int
    amount: Decimal
    compare_at: Decimal | None = None


@dataclass(frozen=True)
class ListPrice:
    """The price of a variant and the list that gave it."""

    amount: Decimal
    compare_at: Decimal | None
    currency: str
    price_list_code: str
    is_tax_inclusive: bool
