"""GST identification numbers: their shape and their check digit."""

import re

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_BASE = len(_DIGITS)


def check_digit(first_fourteen: str) -> str:
    """Answer the last character that belongs to the first fourteen."""
    total = 0
    for index, character in enumerate(first_fourteen):
        product = _DIGITS.index(character) * (1 + index % 2)
        total += product // _BASE + product % _BASE
    return _DIGITS[-total % _BASE]


def is_valid(number: str) -> bool:
    """Whether a text is a well-formed GSTIN with a right check digit."""
    return bool(_SHAPE.fullmatch(number)) and check_digit(number[:14]) == number[14]


def state_code(number: str) -> str:
    """Answer the two digits that name the state of registration."""
    return number[:2]
