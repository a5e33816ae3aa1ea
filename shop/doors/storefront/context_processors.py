"""What the frame around every page shows. Nothing is asked before a template asks for it."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from shop.directory.organization import selectors as organization
from shop.doors.storefront import carts, menu
from shop.doors.storefront.memory import store_facts


class Frame:
    """Store facts, menu and cart count of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def store(self) -> organization.StoreFacts:
        """Who the store is."""
        return store_facts()

    @cached_property
    def menu(self) -> tuple[menu.MenuEntry, ...]:
        """The published categories."""
        return menu.main_menu()

    @cached_property
    def cart_count(self) -> int:
        """Units in the visitor's cart."""
        return carts.units_of(self.request)

    @property
    def notice(self) -> str:
        """A line above the header, where there is something to say."""
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Offer the frame to every template."""
    return {"frame": Frame(request)}
