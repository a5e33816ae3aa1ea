"""A cart as a page shows it."""

from dataclasses import dataclass
from decimal import Decimal

from shop.pricing.totals.dataclasses import LineTotal, Totals
from shop.sales.cart.exceptions import Capped


@dataclass(frozen=True)
class CartLineView:
    """One line with what is true about it right now."""

    key: str
    variant_id: int
    sku: str
    title: str
    variant_title: str
    slug: str
    image: str
    image_tint: int
    quantity: int
    unit_price: Decimal | None
    seen_unit_price: Decimal
    available: int
    is_sellable: bool
    total: LineTotal | None

    @property
    def is_price_changed(self) -> bool:
        """Whether the price is another one than the visitor has seen."""
        return self.unit_price is not None and self.unit_price != self.seen_unit_price

    @property
    def is_short(self) -> bool:
        """Whether fewer units are left than wanted."""
        return self.is_sellable and self.available < self.quantity

    @property
    def problem(self) -> str:
        """Why this line cannot be bought as it stands, in plain words."""
        if not self.is_sellable:
            return "This item is not for sale any more."
        if self.available < 1:
            return "This item is sold out."
        return f"Only {self.available} left in stock." if self.is_short else ""


@dataclass(frozen=True)
class CartView:
    """A cart with today's prices, stock and sums."""

    key: str
    currency: str
    lines: tuple[CartLineView, ...]
    units: int
    totals: Totals | None

    @property
    def has_problems(self) -> bool:
        """Whether some line has to be changed before checkout."""
        return any(line.problem for line in self.lines)

    @property
    def has_changed_prices(self) -> bool:
        """Whether the visitor has to confirm a price."""
        return any(line.is_price_changed for line in self.lines)


@dataclass(frozen=True)
class MergeReport:
    """Which cart is left after a merge, and what did not fit into it."""

    cart_key: str
    capped: tuple[Capped, ...] = ()
