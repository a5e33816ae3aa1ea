"""Turning an address into a search, and a search back into addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.core.money import format_money
from shop.doors.storefront.memory import store_facts
from shop.engagement.search.data import Facet, SearchPage, SearchQuery

MOST_PAGES = 1000
MOST_TEXT = 120
MOST_VALUES = 20
MOST_FACETS = 8
LEADING = ("category", "brand")
MOST_FACET_VALUES = 15
HIGHEST_PRICE = Decimal(10) ** 12
ATTRIBUTE = "f_"
SORTS = (
    ("relevance", gettext_lazy("Best match")),
    ("popular", gettext_lazy("Popular")),
    ("newest", gettext_lazy("Newest")),
    ("price", gettext_lazy("Price: low to high")),
    ("-price", gettext_lazy("Price: high to low")),
    ("rating", gettext_lazy("Best rated")),
    ("name", gettext_lazy("Name")),
)


@dataclass(frozen=True)
class Chip:
    """An applied filter and the address without it."""

    label: str
    query: str


@dataclass(frozen=True)
class Listing:
    """What the list's template needs besides the page of results."""

    query: SearchQuery
    sort: str
    found: tuple[Facet, ...]
    chips: tuple[Chip, ...]
    next_query: str
    previous_query: str
    shown: int

    @property
    def sorts(self) -> Sequence[tuple[str, Any]]:
        """The orders on offer; a match needs words to match."""
        return SORTS if self.query.text else SORTS[1:]

    @property
    def facets(self) -> tuple[tuple[str, Facet], ...]:
        """The filters with the name that each has in an address."""
        return tuple(_shown(self.found))

    @property
    def text(self) -> str:
        """What was searched for."""
        return self.query.text

    @property
    def minimum(self) -> str:
        """The lowest price as typed, without a currency."""
        return _plain(self.query.price_min)

    @property
    def maximum(self) -> str:
        """The highest price as typed, without a currency."""
        return _plain(self.query.price_max)


def query_from(params: QueryDict, *, category_path: str = "") -> SearchQuery:
    """Read a search from an address; what makes no sense is left out, never an error."""
    return SearchQuery(
        text=" ".join(params.get("q", "").replace("\x00", "").split())[:MOST_TEXT],
        category_path=category_path,
        brands=_values(params, "brand"),
        price_min=_price(params.get("min", "")),
        price_max=_price(params.get("max", "")),
        attributes={
            name.removeprefix(ATTRIBUTE): _values(params, name)
            for name in params
            if name.startswith(ATTRIBUTE) and _values(params, name)
        },
        in_stock=params.get("stock") == "1",
        sort=_sort(params.get("sort", "")),
        page=_page_number(params.get("page", "1")),
    )


def listing_of(params: QueryDict, query: SearchQuery, page: SearchPage) -> Listing:
    """Chips and neighbouring pages of a list."""
    return Listing(
        query=query,
        sort=page.sort,
        found=page.facets,
        chips=tuple(_chips(params, query, page.facets)),
        next_query=_with_page(params, page.page + 1),
        previous_query=_with_page(params, page.page - 1),
        shown=min(page.page * query.page_size, page.total),
    )


def _shown(facets: Sequence[Facet]) -> Iterable[tuple[str, Facet]]:
    """The filters worth their room: the first ones, the applied ones, and not every rare value."""
    for place, facet in enumerate(sorted(facets, key=_reach)):
        if place < MOST_FACETS or facet.is_applied:
            values = facet.values[:MOST_FACET_VALUES]
            rest = facet.values[MOST_FACET_VALUES:]
            applied = tuple(value for value in rest if value.is_applied)
            yield parameter_of(facet.code), replace(facet, values=values + applied)


def _reach(facet: Facet) -> tuple[bool, int]:
    """Category and brand first, then what is said about most products."""
    return facet.code not in LEADING, -sum(value.count for value in facet.values)


def _chips(params: QueryDict, query: SearchQuery, facets: Iterable[Facet]) -> Iterable[Chip]:
    known = {facet.code: facet for facet in facets}
    currency = store_facts().currency
    for code, values in query.applied.items():
        for value in values:
            label = _facet_label(known.get(code), code, value)
            yield Chip(label, _without(params, parameter_of(code), value))
    if query.price_min is not None:
        label = _("From %(price)s") % {"price": format_money(query.price_min, currency)}
        yield Chip(label, _without(params, "min"))
    if query.price_max is not None:
        label = _("Up to %(price)s") % {"price": format_money(query.price_max, currency)}
        yield Chip(label, _without(params, "max"))
    if query.in_stock:
        yield Chip(_("In stock only"), _without(params, "stock"))


def _facet_label(facet: Facet | None, code: str, value: str) -> str:
    """Name and value as the filters show them; a value without any product is shown as given."""
    labels = {known.value: known.label for known in facet.values} if facet else {}
    name = facet.label if facet else code.replace("-", " ").capitalize()
    return f"{name}: {labels.get(value, value)}"


def parameter_of(code: str) -> str:
    """The name of a facet in an address."""
    return code if code == "brand" else f"{ATTRIBUTE}{code}"


def _without(params: QueryDict, name: str, value: str = "") -> str:
    rest = params.copy()
    kept = [other for other in rest.getlist(name) if value and other != value]
    rest.setlist(name, kept)
    rest.pop("page", None)
    return rest.urlencode()


def _with_page(params: QueryDict, number: int) -> str:
    changed = params.copy()
    changed["page"] = str(number)
    return changed.urlencode()


def _values(params: QueryDict, name: str) -> tuple[str, ...]:
    given = (value.replace("\x00", "").strip()[:MOST_TEXT] for value in params.getlist(name))
    return tuple(dict.fromkeys(value for value in given if value))[:MOST_VALUES]


def _price(text: str) -> Decimal | None:
    try:
        price = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price <= HIGHEST_PRICE else None


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PAGES))):
        return 1
    return min(max(int(text), 1), MOST_PAGES)


def _sort(text: str) -> str:
    return text if text in dict(SORTS) else ""


def _plain(price: Decimal | None) -> str:
    return "" if price is None else f"{price.normalize():f}"
