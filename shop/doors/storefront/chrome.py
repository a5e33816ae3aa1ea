"""The parts of the frame that are the same for everybody, drawn once and remembered."""

from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shop.core.dates import store_date
from shop.doors.storefront import menu
from shop.doors.storefront.memory import made_of, store_facts

MOST_REMEMBERED = 9


def header(*, top: str, units: int, is_known: bool, text: str, notice: str) -> SafeString:
    """The bar above every page; what few visitors see is drawn for them alone."""
    entries, store = menu.main_menu(), store_facts()
    current = top if any(entry.path == top for entry in entries) else ""
    context = {
        "store": store,
        "current_top": current,
        "cart_count": units,
        "is_known": is_known,
        "search_text": text,
        "notice": notice,
    }
    if text or units > MOST_REMEMBERED:
        return _draw("components/header.html", context)
    return _drawn(f"header.{current}.{units}.{is_known}", (entries, store, notice), context)


def tools() -> SafeString:
    """Style sheets, scripts and their settings: the same in the head of every page."""
    return _drawn("tools", (settings.DEBUG,), {})


def cart_drawer() -> SafeString:
    """The empty drawer that the cart is loaded into."""
    return _drawn("cart_drawer", (), {})


def menu_panel() -> SafeString:
    """The categories as phones open them."""
    entries = menu.main_menu()
    return _drawn("menu_panel", (entries,), {"entries": entries})


def main_nav(current_top: str) -> SafeString:
    """The categories below the header, with the one marked that the visitor is in."""
    entries = menu.main_menu()
    current = current_top if any(entry.path == current_top for entry in entries) else ""
    return _drawn(f"main_nav.{current}", (entries,), {"entries": entries, "current_top": current})


def footer(now: Any) -> SafeString:
    """Who the store is and where everything is."""
    entries, store, year = menu.main_menu(), store_facts(), store_date(now).year
    sources = (entries, store, year)
    return _drawn("footer", sources, {"entries": entries, "store": store, "year": year})


def _drawn(name: str, sources: tuple[object, ...], context: dict[str, Any]) -> SafeString:
    template = f"components/{name.partition('.')[0]}.html"
    return made_of(
        f"frame.{name}.{get_language()}",
        sources,
        lambda: _draw(template, context),
    )


def _draw(template: str, context: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(template).render(context))  # noqa: S308 - our template
