"""Checking a value and bringing it into the form in which it is kept."""

import math
import re
from collections.abc import Callable
from datetime import time

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import TEXT_TYPES, Field, RecordType
from crm_sync.localorg.store.blobs import Content

BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
EMAIL = re.compile(r"[^@\s,;<>()\[\]]+@[^@\s,;<>()\[\]]+\.[^@\s.,;<>()\[\]]{2,}\Z")
INT_MAX = 2**31 - 1
PLACES = (
    ("Latitude", 90),
    ("Longitude", 180),
    ("__Latitude__s", 90),
    ("__Longitude__s", 180),
)
JSON_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "VALUE_BOOLEAN"),
    (int, "VALUE_NUMBER_INT"),
    (float, "VALUE_NUMBER_FLOAT"),
    (dict, "START_OBJECT"),
    (list, "START_ARRAY"),
)
OPENED = {"START_OBJECT": "{", "START_ARRAY": "["}
XSD_TYPES = {
    "boolean": "boolean",
    "currency": "double",
    "date": "date",
    "datetime": "dateTime",
    "double": "double",
    "int": "int",
    "percent": "double",
    "time": "time",
}
DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}(Z|T\d.*)?\s*\Z")


class Unreadable(SalesforceError):
    """A value that is not of its field's type; every API has words of its own for it."""

    def __init__(self, field: Field, value: object) -> None:
        kind = next((name for each, name in JSON_KINDS if isinstance(value, each)), "VALUE_STRING")
        shown = OPENED.get(kind, str(value)[:80])
        super().__init__(
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of {field.type} from {kind} value {shown} or "
            "request may be missing a required field at [line:1, column:1]",
        )
        self.field = field
        self.value = value

    @property
    def as_xsd(self) -> str:
        """Return what the SOAP and Bulk APIs say."""
        kind = XSD_TYPES.get(self.field.type, "string")
        return f"'{self.value}' is not a valid value for the type xsd:{kind}"


def _cannot_read(field: Field, value: object) -> SalesforceError:
    return Unreadable(field, value)


def _text(field: Field, value: object) -> object:
    if isinstance(value, dict | list):
        raise _cannot_read(field, value)
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = value if isinstance(value, str) else str(value)
    if field.type != "textarea":
        text = text.strip()
    if not text:
        return None
    if field.length and len(text) > field.length:
        message = f"{field.label}: data value too large: {text} (max length={field.length})"
        raise SalesforceError("STRING_TOO_LONG", message, [field.name])
    return text


def _email(field: Field, value: object) -> object:
    text = _text(field, value)
    if isinstance(text, str) and not EMAIL.match(text):
        message = f"{field.label}: invalid email address: {text}"
        raise SalesforceError("INVALID_EMAIL_ADDRESS", message, [field.name])
    return text


def _boolean(field: Field, value: object) -> object:
    if isinstance(value, bool | int | float) and value in {0, 1}:
        return int(bool(value))
    if isinstance(value, str) and value.lower() in {"true", "false", "1", "0"}:
        return int(value.lower() in {"true", "1"})
    raise _cannot_read(field, value)


def _number(field: Field, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _cannot_read(field, value)
    if isinstance(value, str) and not value.strip():
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise _cannot_read(field, value) from error
    if not math.isfinite(number):
        raise _cannot_read(field, value)
    digits = (field.precision or 18) - field.scale
    if abs(number) >= 10**digits:
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise SalesforceError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    _check_place(field, number)
    return round_half_up(number, field.scale)


def _check_place(field: Field, number: float) -> None:
    """Refuse a latitude or a longitude that is not on Earth."""
    most = next((most for ending, most in PLACES if field.name.endswith(ending)), None)
    if most is not None and abs(number) > most:
        message = f"{field.label}: value must be between -{most} and {most}: {number}"
        raise SalesforceError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])


def round_half_up(number: float, scale: int) -> float:
    """Round the way the platform does, away from zero at the half."""
    factor = 10**scale
    scaled = abs(number) * factor
    rounded = math.floor(scaled + 0.5 + 1e-9)
    return math.copysign(rounded / factor, number) if rounded else 0.0


def _whole(field: Field, value: object) -> object:
    number = _number(field, value)
    if isinstance(number, float):
        if abs(number) > INT_MAX:
            message = f"{field.label}: value outside of valid range on numeric field: {value}"
            raise SalesforceError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
        return int(number)
    return None


def _date(field: Field, value: object) -> object:
    if not isinstance(value, str):
        raise _cannot_read(field, value)
    if not value.strip():
        return None
    if not DAY.match(value):
        raise _cannot_read(field, value)
    try:
        return clock.parse_date(value).isoformat()
    except ValueError as error:
        raise _cannot_read(field, value) from error


def _datetime(field: Field, value: object) -> object:
    if not isinstance(value, str):
        raise _cannot_read(field, value)
    if not value.strip():
        return None
    try:
        if DAY.match(value) and "T" not in value:
            value = f"{clock.parse_date(value).isoformat()}T00:00:00Z"
        return clock.to_wire(clock.parse_datetime(value).replace(microsecond=0))
    except (ValueError, OverflowError) as error:
        raise _cannot_read(field, value) from error


def _time(field: Field, value: object) -> object:
    if not isinstance(value, str):
        raise _cannot_read(field, value)
    if not value.strip():
        return None
    try:
        found = time.fromisoformat(value.strip())
    except ValueError as error:
        raise _cannot_read(field, value) from error
    return f"{found:%H:%M:%S}.{found.microsecond // 1000:03d}Z"


def _reference(field: Field, value: object) -> object:
    if value == "":
        return None
    full = ids.normalize(value) if isinstance(value, str) else None
    if full is None:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise SalesforceError("MALFORMED_ID", message, [field.name])
    return full


def _binary(field: Field, value: object) -> object:
    if isinstance(value, Content):
        return value
    if not isinstance(value, str):
        raise _cannot_read(field, value)
    text = value if BASE64.fullmatch(value) else "".join(value.split())
    if len(text) % 4 or not BASE64.fullmatch(text):
        raise _cannot_read(field, value)
    return Content.of_base64(text)


def _restricted(field: Field, value: str) -> None:
    if field.restricted and all(pick.value.lower() != value.lower() for pick in field.picklist):
        message = f"{field.label}: bad value for restricted picklist field: {value}"
        raise SalesforceError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])


def _picklist(field: Field, value: object) -> object:
    text = _text(field, value)
    if isinstance(text, str):
        _restricted(field, text)
    return text


def _multipicklist(field: Field, value: object) -> object:
    text = _text(field, value)
    if not isinstance(text, str):
        return None
    parts = [part.strip() for part in text.split(";") if part.strip()]
    for part in parts:
        _restricted(field, part)
    order = {pick.value: place for place, pick in enumerate(field.picklist)}
    return ";".join(sorted(dict.fromkeys(parts), key=lambda part: order.get(part, len(order))))


READERS: dict[str, Callable[[Field, object], object]] = dict.fromkeys(TEXT_TYPES, _text)
READERS |= {
    "email": _email,
    "base64": _binary,
    "boolean": _boolean,
    "currency": _number,
    "double": _number,
    "percent": _number,
    "int": _whole,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "reference": _reference,
    "id": _reference,
    "picklist": _picklist,
    "multipicklist": _multipicklist,
}


def read_value(field: Field, value: object) -> object:
    """Return a client's value as the store keeps it, or refuse it."""
    if value is None:
        return 0 if field.type == "boolean" else None
    return READERS[field.type](field, value)


def check_record_type(field: Field, value: object, kind: RecordType) -> None:
    """Refuse a restricted value that the record's type does not offer."""
    allowed = kind.picklists.get(field.key)
    if field.restricted and allowed and isinstance(value, str) and value not in allowed:
        message = f"{field.label}: bad value for restricted picklist field: {value}"
        raise SalesforceError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
