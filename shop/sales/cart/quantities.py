"""Turning what somebody typed into a number of units."""

import re

from shop.sales.cart.exceptions import QuantityRefused

LARGEST_QUANTITY = 1_000_000
_WHOLE_NUMBER = re.compile(r"[0-9]+")
_ANY_NUMBER = re.compile(r"[+-]?[0-9]*[.,]?[0-9]*")


def parse_quantity(text: object) -> int:
    """Read a quantity, or say in plain words why it cannot be one."""
    if isinstance(text, bool) or not isinstance(text, int | str):
        raise QuantityRefused("Quantity must be a whole number.")
    typed = str(text).strip() if isinstance(text, int) or len(text) <= 100 else "x"
    if not typed:
        raise QuantityRefused("Enter a quantity.")
    if typed.startswith("-") and _ANY_NUMBER.fullmatch(typed):
        raise QuantityRefused("Quantity cannot be negative.")
    if not (typed.isascii() and _WHOLE_NUMBER.fullmatch(typed.removeprefix("+"))):
        raise QuantityRefused("Quantity must be a whole number.")
    return check_quantity(int(typed))


def check_quantity(quantity: int) -> int:
    """Refuse a number of units that no cart line can hold."""
    if quantity < 0:
        raise QuantityRefused("Quantity cannot be negative.")
    if quantity == 0:
        raise QuantityRefused("Quantity must be at least 1.")
    if quantity > LARGEST_QUANTITY:
        raise QuantityRefused("Quantity is too large.")
    return quantity
