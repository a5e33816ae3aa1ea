"""Turning what was typed or read from a file into the column of an attribute's kind."""

import datetime
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from shop.goods.catalog.exceptions import InvalidAttributeValue
from shop.goods.catalog.models import Attribute, AttributeChoice

TRUE_WORDS = {"true", "yes", "1", "on"}
FALSE_WORDS = {"false", "no", "0", "off"}
MAX_NUMBER = Decimal(10) ** 15

Raw = str | Decimal | int | bool | datetime.date


class Columns(TypedDict):
    text: str
    number: Decimal | None
    boolean: bool | None
    date: datetime.date | None
    choice: AttributeChoice | None


def columns(attribute: Attribute, raw: Raw, choice: AttributeChoice | None = None) -> Columns:
    """The columns of a value; `text` always holds what people read."""
    found = Columns(text=str(raw).strip(), number=None, boolean=None, date=None, choice=None)
    if attribute.kind == Attribute.Kind.NUMBER:
        number = _number(attribute, raw)
        found["number"], found["text"] = number, f"{number.normalize():f}"
    elif attribute.kind == Attribute.Kind.BOOLEAN:
        found["boolean"] = _boolean(attribute, raw)
        found["text"] = "Yes" if found["boolean"] else "No"
    elif attribute.kind == Attribute.Kind.DATE:
        day = _date(attribute, raw)
        found["date"], found["text"] = day, day.isoformat()
    elif attribute.kind == Attribute.Kind.CHOICE:
        if choice is None:
            raise InvalidAttributeValue(attribute.name, f"“{raw}” is not one of the choices")
        found["choice"] = choice
        found["text"] = choice.value
    return found


def _number(attribute: Attribute, raw: Raw) -> Decimal:
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise InvalidAttributeValue(attribute.name, f"“{raw}” is not a number") from None
    if not number.is_finite() or abs(number) >= MAX_NUMBER:
        raise InvalidAttributeValue(attribute.name, f"“{raw}” is too large")
    return number


def _boolean(attribute: Attribute, raw: Raw) -> bool:
    word = str(raw).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise InvalidAttributeValue(attribute.name, f"“{raw}” is neither yes nor no")


def _date(attribute: Attribute, raw: Raw) -> datetime.date:
    if isinstance(raw, datetime.date):
        return raw
    try:
        return datetime.date.fromisoformat(str(raw).strip())
    except ValueError:
        raise InvalidAttributeValue(
            attribute.name, f"“{raw}” is not a date such as 2026-11-21"
        ) from None
