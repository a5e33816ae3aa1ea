"""The search page and the suggestions while typing."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.doors.storefront import listing
from shop.doors.storefront.memory import store_facts
from shop.doors.storefront.views.browse import listing_answer, popular_cards
from shop.engagement.search import selectors as search
from shop.engagement.search.data import ProductCard

MOST_TEXT = 120


@dataclass(frozen=True)
class Suggestion:
    """A line below the search field."""

    label: str
    url: str
    drawing: str = "search"
    kind: str = ""
    card: ProductCard | None = None


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """All products, or those that fit the words: an exact SKU first."""
    query = listing.query_from(request.GET)
    page = search.browse(query)
    fragment = listing_answer(request, query, page)
    if fragment is not None:
        return fragment
    heading = query.text or _("All products")
    return render(
        request,
        "storefront/search.html",
        {
            "page": page,
            "listing": listing.listing_of(request.GET, query, page),
            "popular": [] if page.cards else popular_cards(),
            "crumbs": [(_("Search"), "")],
            "search_text": query.text,
            "canonical": request.build_absolute_uri(request.path),
            "meta": {"title": f"{heading} · {store_facts().name}"},
        },
    )


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """A few lines for the words typed so far."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MOST_TEXT]
    entries = _suggestions(text) if len(text) > 1 else []
    return render(request, "storefront/suggestions.html", {"entries": entries})


def _suggestions(text: str) -> list[Suggestion]:
    found = search.suggest(text)
    lines = [
        Suggestion(label=word, url=_results_url(word), kind=_("Did you mean"))
        for word in [found.correction]
        if word
    ]
    lines += [
        Suggestion(label=row.name, url=f"/c/{row.path}/", drawing="list", kind=_("Category"))
        for row in found.categories
    ]
    lines += [
        Suggestion(label=card.name, url=f"/p/{card.slug}/", card=card) for card in found.cards
    ]
    if lines:
        everything = _("All results for “%(text)s”") % {"text": text}
        lines.append(Suggestion(label=everything, url=_results_url(text)))
    return lines


def _results_url(text: str) -> str:
    return f"/search/?{urlencode({'q': text})}"
