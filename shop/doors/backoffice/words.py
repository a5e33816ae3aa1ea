"""How states and amounts look in lists and on pages: the same words and colours as in the store."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from shop.core.money import format_money

# Colours are Unfold's: info (blue), success (green), warning (amber), danger (red), primary.
LOOKS: dict[str, tuple[str, str]] = {
    "DRAFT": ("info", "Placed"),
    "ACTIVATED": ("primary", "Confirmed"),
    "COMPLETED": ("success", "Completed"),
    "CANCELLED": ("danger", "Cancelled"),
    "PENDING": ("warning", "Pending"),
    "AUTHORIZED": ("info", "Authorised"),
    "PAID": ("success", "Paid"),
    "PART_PAID": ("warning", "Partly paid"),
    "FAILED": ("danger", "Failed"),
    "REFUNDED": ("info", "Refunded"),
    "PART_REFUNDED": ("info", "Partly refunded"),
    "UNFULFILLED": ("warning", "Being prepared"),
    "PACKED": ("info", "Packed"),
    "PART_SHIPPED": ("info", "Partly shipped"),
    "SHIPPED": ("primary", "Shipped"),
    "OUT_FOR_DELIVERY": ("primary", "Out for delivery"),
    "DELIVERED": ("success", "Delivered"),
    "RETURNED": ("info", "Returned"),
    "QUEUED": ("info", "Waiting"),
    "SENT": ("success", "Sent"),
    "RETRY_WAIT": ("warning", "Trying again"),
    "DEAD": ("danger", "Stopped"),
    "DONE": ("success", "Done"),
    "HELD": ("info", "Held"),
    "ALLOCATED": ("primary", "Allocated"),
    "CONSUMED": ("success", "Taken"),
    "RELEASED": ("warning", "Released"),
    "SUCCESS": ("success", "Signed in"),
    "FAILURE": ("danger", "Refused"),
    "LOCKED": ("danger", "Locked"),
    "UNLOCKED": ("info", "Unlocked"),
}
LABEL_COLORS: dict[str, str] = {word: color for color, word in LOOKS.values()}


def word(state: str) -> str:
    """A state in a word; an unknown one in its own."""
    return LOOKS.get(state, ("info", state.replace("_", " ").capitalize()))[1]


def color(state: str) -> str:
    """The colour family of a state."""
    return LOOKS.get(state, ("info", ""))[0]


def amount(value: Decimal | str | None, currency: str) -> SafeString | str:
    """An amount with its currency, exact beside it for machines."""
    if value is None:
        return "–"
    value = Decimal(value)
    return format_html(
        '<span class="whitespace-nowrap tabular-nums" data-amount="{}" data-currency="{}">{}'
        "</span>",
        f"{value:f}",
        currency,
        format_money(value, currency),
    )


def state_column(field: str, title: str) -> Any:
    """A list column that shows a state as a badge."""

    @display(description=title, label=LABEL_COLORS, ordering=field)
    def column(_admin: Any, row: Any) -> str:
        return word(getattr(row, field))

    column.__name__ = f"{field}_badge"
    return column


def amount_column(field: str, title: str, currency: str = "currency") -> Any:
    """A list column that shows an amount in the row's own currency."""

    @display(description=title, ordering=field)
    def column(_admin: Any, row: Any) -> SafeString | str:
        return amount(getattr(row, field), getattr(row, currency))

    column.__name__ = f"{field}_amount"
    return column
