"""Amounts and states on our own pages of the back office."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.doors.backoffice import words

register = template.Library()

COLORS = {
    "success": "bg-green-100 text-green-700 dark:bg-green-500/20 dark:text-green-400",
    "info": "bg-blue-100 text-blue-700 dark:bg-blue-500/20 dark:text-blue-400",
    "warning": "bg-orange-100 text-orange-700 dark:bg-orange-500/20 dark:text-orange-400",
    "danger": "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
    "primary": "bg-primary-100 text-primary-700 dark:bg-primary-500/20 dark:text-primary-400",
}


@register.simple_tag
def amount(value: Decimal | str | None, currency: str) -> SafeString | str:
    """An amount in its currency."""
    return words.amount(value, currency)


@register.simple_tag
def state(value: str) -> SafeString:
    """A state as a badge."""
    return format_html(
        '<span class="inline-block font-semibold leading-normal px-2 py-0.5 rounded-default text-xs'
        ' uppercase whitespace-nowrap {}">{}</span>',
        COLORS[words.color(value)],
        words.word(value),
    )
