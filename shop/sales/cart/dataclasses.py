"""A cart as a page shows it."""

from dataclasses import dataclass
from decimal import Decimal

from shop.goods.catalog.data import VariantFacts
from shop.pricing.totals.dataclasses import LineTotal, Totals
from shop.sales.cart.exceptions import Capped


@dataclass(frozen=True)
class CartLineView:
    """One line with what is true about it right now; no facts where the variant is gone."""

    key: str
    variant_id: int
    facts: VariantFacts | None
    quantity: int
    unit_price: Decimal | None
    seen_unit_price: Decimal
    available: int
    total: LineTotal | None

    @property
    def title(self) -> str:
        """What the line is called."""
        return self.facts.product_name if self.facts else "Removed item"

    @property
    def variant_title(self) -> str:
        """Which version of it."""
        return self.facts.title if self.facts else ""

    @property
    def sku(self) -> str:
        """What the warehouse calls it."""
        return self.facts.sku if self.facts else ""

    @property
    def slug(self) -> str:
        """Where its page is."""
        return self.facts.slug if self.facts else ""

    @property
    def is_sellable(self) -> bool:
        """Whether it is for sale at all."""
        return self.facts is not None and self.facts.is_sellable and self.unit_price is not None

    @property
    def is_price_changed(self) -> bool:
        """Whether the price is another one than the visitor has seen."""
        return self.unit_price is not None and self.unit_price != self.seen_unit_price

    @property
    def problem(self) -> str:
        """Why this line cannot be bought as it stands, in plain words."""
        if not self.is_sellable:
            return "This item is not for sale any more."
        if self.available < 1:
            return "This item is sold out."
        is_short = self.available < self.quantity
        return f"Only {self.available} left in stock." if is_short else ""


@dataclass(frozen=True)
class CartView:
    """A cart with today's prices, stock and sums; the sums leave out what is not for sale."""

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

    cart_id: int
    cart_key: str
    capped: tuple[Capped, ...] = ()
