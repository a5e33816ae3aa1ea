"""What is asked of the search, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

PAGE_SIZE = 24

RELEVANCE = "relevance"
POPULAR = "popular"
NEWEST = "newest"
PRICE_LOW = "price"
PRICE_HIGH = "-price"
NAME = "name"
RATING = "rating"
SORTS = {
    RELEVANCE: "Best match",
    POPULAR: "Popular",
    NEWEST: "Newest",
    PRICE_LOW: "Price, low to high",
    PRICE_HIGH: "Price, high to low",
    NAME: "Name",
    RATING: "Rating",
}


@dataclass(frozen=True)
class SearchQuery:
    """A list of products as a visitor asks for it; values of one facet widen, facets narrow."""

    text: str = ""
    category_path: str = ""
    brands: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_stock: bool = False
    sort: str = ""
    page: int = 1
    page_size: int = PAGE_SIZE

    @property
    def applied(self) -> dict[str, tuple[str, ...]]:
        """The chosen values of every facet."""
        chosen = {code: values for code, values in self.attributes.items() if values}
        return ({"brand": self.brands} if self.brands else {}) | chosen

    @property
    def order(self) -> str:
        """The sort that holds: best match for a question, else popular first."""
        if self.sort in SORTS and (self.sort != RELEVANCE or self.text):
            return self.sort
        return RELEVANCE if self.text else POPULAR


@dataclass(frozen=True)
class ProductCard:
    """A product as a list shows it."""

    product_id: int
    key: str
    name: str
    slug: str
    brand: str
    short_description: str
    price: Decimal | None
    price_max: Decimal | None
    compare_at: Decimal | None
    currency: str
    is_in_stock: bool
    is_featured: bool
    rating_average: Decimal
    rating_count: int
    image_path: str
    image_alt: str
    image_width: int
    image_height: int
    image_renditions: Mapping[str, str] = field(hash=False)
    tint: int
    variant_count: int
    single_variant_id: int | None
    single_sku: str
    option_labels: tuple[str, ...]

    @property
    def has_price_range(self) -> bool:
        """Whether variants cost different amounts."""
        return self.price != self.price_max

    @property
    def can_be_added(self) -> bool:
        """Whether a button in a list can put it into the cart: there is nothing to choose."""
        return bool(self.single_sku) and self.is_in_stock and self.price is not None


@dataclass(frozen=True)
class FacetValue:
    value: str
    label: str
    count: int
    is_applied: bool


@dataclass(frozen=True)
class Facet:
    code: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def is_applied(self) -> bool:
        """Whether a value of it narrows the list."""
        return any(value.is_applied for value in self.values)


@dataclass(frozen=True)
class SearchPage:
    """One page of an answer. `suggestion` is the spelling that was searched for instead."""

    cards: tuple[ProductCard, ...]
    total: int
    facets: tuple[Facet, ...]
    suggestion: str
    page: int
    pages: int
    sort: str
    price_low: Decimal | None
    price_high: Decimal | None
    in_stock_count: int


@dataclass(frozen=True)
class SuggestedCategory:
    name: str
    path: str


@dataclass(frozen=True)
class Suggestions:
    """What the search box offers while somebody types."""

    cards: tuple[ProductCard, ...]
    categories: tuple[SuggestedCategory, ...]
    correction: str
