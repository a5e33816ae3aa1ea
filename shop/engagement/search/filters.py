"""Which documents an asker wants: conditions, the order, and what each facet leaves open."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import OrderBy

from shop.engagement.search import data, words
from shop.engagement.search.data import SearchQuery
from shop.engagement.search.documents import CATEGORY
from shop.engagement.search.models import FacetRow, FacetTerm, SearchDocument, SkuRow
from shop.engagement.search.text_index import WordsMatch

UNKNOWN_TERM = 0
# More than any page of ours offers: whoever sends more is not shopping.
MOST_FACETS, MOST_VALUES, LONGEST_CODE = 20, 50, 80
HIGHEST_PRICE = Decimal(10) ** 12
PINNED, NAME_BEGINS, IN_NAME = 0, 1, 2
_ORDERS: dict[str, tuple[str | OrderBy, str]] = {
    data.POPULAR: ("-popularity", "product"),
    data.NEWEST: ("-published_at", "product"),
    data.PRICE_LOW: ("price_min", "product"),
    data.PRICE_HIGH: (F("price_min").desc(nulls_last=True), "product"),
    data.NAME: ("name", "product"),
    data.RATING: ("-rating_average", "product"),
}


@dataclass(frozen=True)
class Wanted:
    """A question with everything looked up: words, terms by facet, and the product of a SKU."""

    query: SearchQuery
    words: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    pinned: tuple[int, ...]

    def respelled(self, corrections: Mapping[str, str]) -> "Wanted":
        """The same question in another spelling."""
        return replace(self, words=tuple(corrections.get(word, word) for word in self.words))


def look_up(query: SearchQuery) -> Wanted:
    """Find the terms and the SKU that a question names; one query for each, if it names any."""
    chosen = {
        _clean(code)[:LONGEST_CODE]: tuple(map(_clean, values[:MOST_VALUES]))
        for code, values in list(query.applied.items())[:MOST_FACETS]
    }
    if query.category_path:
        chosen[CATEGORY] = (_clean(query.category_path),)
    return Wanted(
        query=query,
        words=tuple(words.asked(query.text)),
        terms=_term_ids(chosen),
        pinned=_products_of_code(query.text),
    )


def _clean(typed: str) -> str:
    """What a database can look for: no text of it holds a zero byte."""
    return typed.replace("\0", "")


def _term_ids(chosen: dict[str, tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    if not chosen:
        return {}
    rows = FacetTerm.objects.filter(
        code__in=chosen, value__in={value for values in chosen.values() for value in values}
    ).values_list("code", "value", "pk")
    known = {(code, value): pk for code, value, pk in rows}
    # A value that nobody has finds nothing, instead of being left out.
    return {
        code: tuple(known.get((code, value), UNKNOWN_TERM) for value in values)
        for code, values in chosen.items()
    }


def _products_of_code(text: str) -> tuple[int, ...]:
    code = words.code(text)
    if not code:
        return ()
    return tuple(
        SkuRow.objects.filter(code=code).values_list("document_id", flat=True).distinct()[:10]
    )


def matching(
    wanted: Wanted, *, without: str = "", only_named: bool = False
) -> QuerySet[SearchDocument]:
    """The published documents that answer a question; `without` leaves one facet open."""
    query = wanted.query
    found = SearchDocument.objects.filter(is_published=True)
    if only_named:
        found = found.filter(named(wanted))
    elif query.text.strip():
        found = _with_text(found, wanted)
    for code, term_ids in wanted.terms.items():
        if code != without:
            rows = FacetRow.objects.filter(term_id__in=term_ids)
            found = found.filter(pk__in=rows.values("document_id"))
    if query.price_min is not None:
        found = found.filter(price_max__gte=_within_reason(query.price_min))
    if query.price_max is not None:
        found = found.filter(price_min__lte=_within_reason(query.price_max))
    if query.in_stock:
        found = found.filter(is_in_stock=True)
    return found


def _within_reason(price: Decimal) -> Decimal:
    """A bound that the database can compare with, whatever was typed."""
    if price.is_nan():
        return Decimal(0)
    return max(Decimal(0), min(price, HIGHEST_PRICE))


def _with_text(found: QuerySet[SearchDocument], wanted: Wanted) -> QuerySet[SearchDocument]:
    if not wanted.words:
        return found.none()
    return found.filter(WordsMatch(wanted.words, or_one_of=wanted.pinned))


def named(wanted: Wanted) -> Q:
    """Whether a document answers by its SKU or its name, and not only by its description."""
    if not wanted.words:
        return Q(pk__in=())
    return Q(WordsMatch(wanted.words, in_name=True, or_one_of=wanted.pinned))


def part(wanted: Wanted, start: int, end: int) -> list[SearchDocument]:
    """The documents of one page in the order that was asked for; the product breaks every tie.

    The page is found in the index alone; only its own rows are read.
    """
    order = _ORDERS[wanted.query.order]
    page = matching(wanted).order_by(*order).values("pk")[start:end]
    return list(SearchDocument.objects.filter(pk__in=page).order_by(*order))


def ranked_ids(wanted: Wanted, start: int, end: int, named_count: int) -> list[int]:
    """The documents of one page by relevance: names come first, and only they are ranked.

    A word that half of all descriptions hold would make ranking everything slow.
    """
    found: list[int] = []
    if start < named_count:
        ranked = matching(wanted, only_named=True).annotate(tier=_tier(wanted))
        ranked = ranked.order_by("tier", "-popularity", "product")
        found += ranked.values_list("pk", flat=True)[start : min(end, named_count)]
    if end > named_count:
        others = matching(wanted).exclude(named(wanted)).order_by("-popularity", "product")
        begin = max(start - named_count, 0)
        found += others.values_list("pk", flat=True)[begin : end - named_count]
    return found


def by_ids(ids: Sequence[int]) -> list[SearchDocument]:
    """These documents in this order; one that was hidden meanwhile is left out."""
    rows = SearchDocument.objects.filter(is_published=True).in_bulk(list(ids))
    return [rows[pk] for pk in ids if pk in rows]


def key_of(wanted: Wanted) -> str:
    """A name for a question: the same for everybody who asks the same, in whatever order."""
    query = wanted.query
    facts = (
        wanted.words,
        bool(query.text.strip()),
        wanted.pinned,
        sorted(wanted.terms.items()),
        query.price_min,
        query.price_max,
        query.in_stock,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _tier(wanted: Wanted) -> Case:
    """An exact SKU, then names that begin so, then names that hold the words."""
    whens = [When(pk__in=wanted.pinned, then=Value(PINNED))] if wanted.pinned else []
    return Case(
        *whens,
        When(words__name_words__startswith=" ".join(wanted.words), then=Value(NAME_BEGINS)),
        default=Value(IN_NAME),
        output_field=IntegerField(),
    )
