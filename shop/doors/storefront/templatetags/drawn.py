"""Parts of pages that look the same for everybody: drawn once and remembered."""

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shop.doors.storefront import chrome
from shop.doors.storefront.forms.checkout import CheckoutForms
from shop.doors.storefront.listing import Listing
from shop.doors.storefront.memory import made_of, store_facts
from shop.engagement.search.data import ProductCard, SearchPage

register = template.Library()

CARDS_REMEMBERED = 2048

register.simple_tag(chrome.menu_panel)
register.simple_tag(chrome.cart_drawer)
register.simple_tag(chrome.tools, name="site_tools")


@register.simple_tag
def main_nav(current_top: str = "") -> SafeString:
    """The categories below the header."""
    return chrome.main_nav(current_top)


@register.simple_tag(takes_context=True)
def site_header(context: Context) -> SafeString:
    """The beginning of every page."""
    frame, user = context.get("frame"), context.get("user")
    return chrome.header(
        top=context.get("current_top") or "",
        units=frame.cart_count if frame else 0,
        is_known=bool(user and user.is_authenticated),
        text=context.get("search_text") or "",
        notice=frame.notice if frame else "",
    )


@register.simple_tag
def form_part(forms: CheckoutForms, name: str, template: str) -> SafeString:
    """A part of the checkout form: while nothing is filled in, it is the same for everybody."""
    if not forms.is_blank(name):
        return _draw(template, {"form": getattr(forms, name), "prefix": name})
    return made_of(
        f"form.{name}.{get_language()}",
        (template, store_facts().country),
        lambda: _draw(template, {"form": getattr(forms, name), "prefix": name}),
    )


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
