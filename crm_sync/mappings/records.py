"""One record as Salesforce shall have it, independent of how it gets there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Value = str | int | float | bool | None | dict[str, str]
CENTS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Record:
    """The wanted content of one Salesforce record."""

    kind: str
    key: str
    sobject: str
    external_id: str
    fields: Mapping[str, Value]
    on_create: Mapping[str, Value] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str]:
        """How the identity map calls it."""
        return (self.kind, self.key)


def digest(fields: Mapping[str, Value]) -> str:
    """Answer a fingerprint that changes exactly when what is sent changes."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def money(amount: Decimal) -> float:
    """Write an amount as the number that Salesforce stores: two digits, half up."""
    return float(amount.quantize(CENTS, rounding=ROUND_HALF_UP))


def day(value: date) -> str:
    """Write a date."""
    return value.isoformat()


def moment(value: datetime | None) -> str | None:
    """Write a moment in UTC with milliseconds, as Salesforce answers it."""
    if value is None:
        return None
    utc = value.astimezone(tz=UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"


def text(value: Any) -> str | None:
    """Write a text; an empty one is null, because Salesforce stores it so."""
    stripped = str(value or "").strip()
    return stripped or None


def split_name(full_name: str, email: str) -> tuple[str | None, str]:
    """Answer first and last name; the last one falls back to the e-mail's local part."""
    words = full_name.split()
    if not words:
        return None, email.partition("@")[0] or "Guest"
    return (" ".join(words[:-1]) or None), words[-1]
