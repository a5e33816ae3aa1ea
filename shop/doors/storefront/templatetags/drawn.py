"""Parts of pages that look the same for everybody: drawn once and remembered."""

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shop.doors.storefront import chrome
from shop.doors.storefront.listing import Listing
from shop.doors.storefront.memory import made_of
from shop.engagement.search.data import ProductCard, SearchPage

register = template.Library()

CARDS_REMEMBERED = 2048

register.simple_tag(chrome.menu_panel)


@register.simple_tag
def main_nav(current_top: str = "") -> SafeString:
    """The categories below the header."""
    return chrome.main_nav(current_top)


@register.simple_tag
def site_footer() -> SafeString:
    """The end of every page."""
    return chrome.footer(timezone.now())


@register.simple_tag
def product_card(card: ProductCard, is_first: bool = False) -> SafeString:
    """A product in a list; what is on it decides alone how it looks."""
    return _card(card, is_first, get_language() or "")


@lru_cache(maxsize=CARDS_REMEMBERED)
def _card(card: ProductCard, is_first: bool, _language: str) -> SafeString:
    return _draw("components/product_card.html", {"card": card, "is_first": is_first})


@register.simple_tag
def facet_panel(path: str, listing: Listing, page: SearchPage) -> SafeString:
    """The filters beside a list, as long as their figures are remembered."""
    asked = repr((get_language(), path, replace(listing.query, page=1, sort="")))
    name = f"facets.{hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()}"
    figures = (page.total, page.facets, page.price_low, page.price_high, page.in_stock_count)
    context = {"path": path, "listing": listing, "page": page}
    return made_of(name, figures, lambda: _draw("storefront/facets.html", context))


def _draw(name: str, context: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(name).render(context))  # noqa: S308 - our own template
