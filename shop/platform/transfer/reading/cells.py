"""From the text of a cell to a value, with a reason in plain words when there is none."""

import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from shop.core.csv_safety import RISKY_STARTS
from shop.platform.transfer.reading.rows import Row

_TRUE = frozenset({"1", "true", "yes", "y", "on", "published"})
_FALSE = frozenset({"0", "false", "no", "n", "off", ""})
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%d/%m/%Y")
_MAX_QUANTITY = 2_147_483_647
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"']+")


def text(row: Row, column: str, *, limit: int, is_required: bool = False) -> str:
    """Words without surrounding space; a leading ' that guards a formula sign is taken off."""
    value = row.cells.get(column, "").strip()
    if value.startswith("="):  # what starts with + - or @ may well be a name
        raise row.refuse(
            column, "this looks like a spreadsheet formula; write the value, or put ' before it"
        )
    if value.startswith("'") and value[1:].lstrip(" ").startswith(RISKY_STARTS):
        value = value[1:]
    if is_required and not value:
        raise row.refuse(column, "must not be empty")
    if len(value) > limit:
        raise row.refuse(column, f"has {len(value):,} characters, at most {limit:,} are taken")
    return value


def number(row: Row, column: str) -> Decimal | None:
    """An exact number, or nothing where the cell is empty."""
    value = row.cells.get(column, "").strip().removeprefix("'").replace(",", "")
    if not value:
        return None
    try:
        result = Decimal(value)
    except InvalidOperation as error:
        raise row.refuse(column, "is not a number") from error
    if not result.is_finite():
        raise row.refuse(column, "is not a number")
    return result


def amounts(
    row: Row, column: str, places: int, *, is_required: bool = False
) -> list[Decimal | None]:
    """One amount, or as many as there are places, parted by |."""
    parts = row.cells.get(column, "").split("|")
    if len(parts) not in {1, places}:
        raise row.refuse(column, f"must hold one amount, or {places} of them")
    single = [replace(row, cells={**row.cells, column: part}) for part in parts]
    return [amount(one, column, is_required=is_required) for one in single]


def amount(row: Row, column: str, *, is_required: bool = False) -> Decimal | None:
    """Money: a number of at most four decimals, not below zero."""
    value = number(row, column)
    if value is None:
        if is_required:
            raise row.refuse(column, "must not be empty")
        return None
    if value < 0:
        raise row.refuse(column, "must not be below zero")
    if value >= Decimal(10) ** 14:
        raise row.refuse(column, "is too large for an amount")
    if value != round(value, 4):
        raise row.refuse(column, "has more than four decimals")
    return value


def whole(row: Row, column: str, *, minimum: int, default: int | None = None) -> int:
    """A whole number not below the minimum."""
    value = number(row, column)
    if value is None:
        if default is None:
            raise row.refuse(column, "must not be empty")
        return default
    if value != value.to_integral_value():
        raise row.refuse(column, "must be a whole number")
    if value < minimum:
        raise row.refuse(column, f"must be at least {minimum}")
    if value > _MAX_QUANTITY:
        raise row.refuse(column, f"must be at most {_MAX_QUANTITY:,}")
    return int(value)


def truth(row: Row, column: str, *, default: bool) -> bool:
    """Yes or no, in the words that shops and spreadsheets use."""
    if column not in row.cells:
        return default
    value = row.cells[column].strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return default if not value else False
    raise row.refuse(column, "must be yes or no")


def moment(row: Row, column: str, *, zone: tzinfo) -> datetime | None:
    """A date with or without a time; without an offset it is local to the given zone."""
    value = row.cells.get(column, "").strip()
    if not value:
        return None
    found = _parse_moment(value)
    if found is None:
        raise row.refuse(column, "is not a date (write 2026-03-31 or 2026-03-31 14:05)")
    if not 1970 <= found.year <= 2100:
        raise row.refuse(column, "lies outside the years 1970 to 2100")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _parse_moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    for pattern in _DATES:
        try:
            return datetime.strptime(value, pattern)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def email(row: Row, column: str, *, is_required: bool = False) -> str:
    """An e-mail address in lower case."""
    value = text(row, column, limit=254, is_required=is_required).lower()
    if value and not _EMAIL.fullmatch(value):
        raise row.refuse(column, "is not an e-mail address")
    return value
