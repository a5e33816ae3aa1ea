"""Finding products: a page of cards with facets, and suggestions while typing."""

import hashlib
from collections.abc import Iterable
from math import ceil

from django.core.cache import caches

from shop.engagement.search import figures, filters, ranking, vocabulary, words
from shop.engagement.search.data import (
    PAGE_SIZE,
    RELEVANCE,
    SORTS,
    Facet,
    FacetValue,
    ProductCard,
    SearchPage,
    SearchQuery,
    SuggestedCategory,
    Suggestions,
)
from shop.engagement.search.facets import Summary
from shop.engagement.search.filters import Wanted
from shop.engagement.search.models import SearchDocument
from shop.engagement.search.text_index import WordsMatch
from shop.goods.catalog import selectors as catalog

__all__ = [
    "PAGE_SIZE",
    "SORTS",
    "Facet",
    "FacetValue",
    "ProductCard",
    "SearchPage",
    "SearchQuery",
    "SuggestedCategory",
    "Suggestions",
    "browse",
    "cards_for",
    "featured",
    "page_of",
    "popular",
    "suggest",
]

LAST_PAGE = 1000
SHORTEST_TEXT = 2
SUGGESTED_CARDS, SUGGESTED_CATEGORIES = 6, 4
SUGGESTION_SECONDS = 30


def browse(query: SearchQuery) -> SearchPage:
    """One page of products with facets, in a number of queries that does not depend on them."""
    wanted, found, suggestion = _forgiving(filters.look_up(query))
    size = max(query.page_size, 1)
    pages = max(min(ceil(found.total / size), LAST_PAGE), 1)
    page = min(max(query.page, 1), pages)
    return SearchPage(
        cards=_page(wanted, found, (page - 1) * size, min(page * size, found.total)),
        total=found.total,
        facets=found.facets,
        suggestion=suggestion,
        page=page,
        pages=pages,
        sort=query.order,
        price_low=found.price_low,
        price_high=found.price_high,
        in_stock_count=found.in_stock_count,
    )


def suggest(text: str) -> Suggestions:
    """Products and categories for what has been typed so far."""
    asked = tuple(words.asked(text))
    if len("".join(asked)) < SHORTEST_TEXT:
        return Suggestions(cards=(), categories=(), correction="")
    key = _key("suggest", asked)
    known: Suggestions | None = caches["fragments"].get(key)
    if known is None:
        known = _suggestions(text, asked)
        caches["fragments"].set(key, known, SUGGESTION_SECONDS)
    return known


def featured(limit: int = 8) -> tuple[ProductCard, ...]:
    """Products that the merchant puts first; the popular ones where there are too few."""
    shown = SearchDocument.objects.filter(is_published=True)
    return _cards(shown.order_by("-is_featured", "-popularity", "product")[:limit])


def page_of(product_ids: list[int]) -> SearchPage:
    """These products as a list without filters, in this order."""
    cards = cards_for(product_ids)
    return SearchPage(
        cards=cards,
        total=len(cards),
        facets=(),
        suggestion="",
        page=1,
        pages=1,
        sort="",
        price_low=None,
        price_high=None,
        in_stock_count=sum(card.is_in_stock for card in cards),
    )


def popular(limit: int, *, category_path: str = "") -> tuple[ProductCard, ...]:
    """What sells most, in the store or below a category; nothing is counted for it."""
    wanted = filters.look_up(SearchQuery(category_path=category_path))
    return _cards(filters.part(wanted, 0, limit))


def cards_for(product_ids: list[int]) -> tuple[ProductCard, ...]:
    """The cards of these products, in this order; hidden ones are left out."""
    found = SearchDocument.objects.filter(is_published=True, pk__in=product_ids)
    by_id = {card.product_id: card for card in _cards(found)}
    return tuple(by_id[pk] for pk in product_ids if pk in by_id)


def _forgiving(wanted: Wanted) -> tuple[Wanted, Summary, str]:
    """The question and its figures; one that finds nothing is asked again in another spelling."""
    found = figures.summary(wanted)
    corrections = {} if found.total else _corrections(wanted.words)
    if corrections:
        respelled = wanted.respelled(corrections)
        found_instead = figures.summary(respelled)
        if found_instead.total:
            return respelled, found_instead, words.respelled(wanted.query.text, corrections)
    return wanted, found, ""


def _key(kind: str, asked: tuple[str, ...]) -> str:
    return f"search.{kind}.{hashlib.sha256(' '.join(asked).encode()).hexdigest()}"


def _corrections(asked: tuple[str, ...]) -> dict[str, str]:
    """The spellings meant, looked for once a minute: many people make the same mistake."""
    key = _key("spelling", asked)
    known: dict[str, str] | None = caches["fragments"].get(key)
    if known is None:
        known = vocabulary.corrections(asked)
        caches["fragments"].set(key, known, SUGGESTION_SECONDS)
    return known


def _suggestions(text: str, asked: tuple[str, ...]) -> Suggestions:
    wanted = filters.look_up(SearchQuery(text=text))
    cards = _suggested_cards(wanted)
    correction = ""
    if not cards and (corrections := vocabulary.corrections(asked)):
        cards = _suggested_cards(wanted.respelled(corrections))
        correction = words.respelled(text, corrections) if cards else ""
    return Suggestions(cards=cards, categories=_suggested_categories(asked), correction=correction)


def _suggested_cards(wanted: Wanted) -> tuple[ProductCard, ...]:
    """Popular products with these words in their name: few letters match too many to rank all."""
    shown = SearchDocument.objects.filter(is_published=True)
    pinned = _cards(shown.filter(pk__in=wanted.pinned)) if wanted.pinned else ()
    named = shown.filter(WordsMatch(wanted.words, in_name=True))
    rest = _cards(named.order_by("-popularity", "product")[:SUGGESTED_CARDS])
    by_id = {card.product_id: card for card in (*pinned, *rest)}
    return tuple(by_id.values())[:SUGGESTED_CARDS]


def _suggested_categories(asked: tuple[str, ...]) -> tuple[SuggestedCategory, ...]:
    found = []
    for node in catalog.walk(catalog.category_tree()):
        name_words = words.fold(node.name)
        if node.product_count and all(
            any(word.startswith(part) for word in name_words) for part in asked
        ):
            found.append(node)
    found.sort(key=lambda node: (-node.product_count, node.path))
    return tuple(SuggestedCategory(node.name, node.path) for node in found[:SUGGESTED_CATEGORIES])


def _page(wanted: Wanted, found: Summary, start: int, end: int) -> tuple[ProductCard, ...]:
    if not found.total:
        return ()
    if wanted.query.order == RELEVANCE:
        return _cards(ranking.part(wanted, start, end, found.named_count))
    return _cards(filters.part(wanted, start, end))


def _cards(rows: Iterable[SearchDocument]) -> tuple[ProductCard, ...]:
    return tuple(_card(row) for row in rows)


def _card(row: SearchDocument) -> ProductCard:
    return ProductCard(
        product_id=row.pk,
        key=row.product_key,
        name=row.name,
        slug=row.slug,
        brand=row.brand,
        short_description=row.short_description,
        price=row.price_min,
        price_max=row.price_max,
        compare_at=row.compare_at,
        currency=row.currency,
        is_in_stock=row.is_in_stock,
        is_featured=row.is_featured,
        rating_average=row.rating_average,
        rating_count=row.rating_count,
        image_path=row.image_path,
        image_alt=row.image_alt,
        image_width=row.image_width,
        image_height=row.image_height,
        image_renditions=row.image_renditions,
        tint=row.tint,
        variant_count=row.variant_count,
        single_variant_id=row.single_variant_id,
        single_sku=row.single_sku,
        option_labels=tuple(row.option_labels),
    )
