"""Business settings: declared in code with bounds, changed by staff, read once per request."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from shop.core import audit, request_memory
from shop.core.actors import Actor
from shop.core.models import OptionValue
from shop.core.statements import Statement

INT = "int"
DECIMAL = "decimal"
BOOL = "bool"
TEXT = "text"
CHOICE = "choice"
DURATION = "duration"
MEMORY = "options"
ALL_STORED = Statement(lambda: OptionValue.objects.values_list("key", "value"))


class UnknownOption(KeyError):
    """No package declares this setting."""


class InvalidOption(ValueError):
    """The value does not fit the setting; the message says why."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: what it is called, what it may be, and what it is until somebody changes it."""

    key: str
    kind: str
    default: Any
    minimum: Any = None
    maximum: Any = None
    choices: tuple[str, ...] = ()
    help: str = ""
    check: Callable[[Any], str] | None = None  # answers a problem in plain words, or nothing

    def parse(self, raw: Any) -> Any:
        """Turn what was typed or stored into a value of the right type."""
        try:
            return _PARSERS[self.kind](raw)
        except (ValueError, TypeError, InvalidOperation, OverflowError):
            raise InvalidOption(f"{self.key}: {raw!r} is not a {self.kind}") from None

    def clean(self, raw: Any) -> Any:
        """Turn what was typed into a value within bounds, or say what is wrong."""
        value = self.parse(raw)
        if self.minimum is not None and value < self.minimum:
            raise InvalidOption(f"{self.key}: must be at least {self.minimum}")
        if self.maximum is not None and value > self.maximum:
            raise InvalidOption(f"{self.key}: must be at most {self.maximum}")
        if self.choices and value not in self.choices:
            raise InvalidOption(f"{self.key}: must be one of {', '.join(self.choices)}")
        if self.check and (problem := self.check(value)):
            raise InvalidOption(f"{self.key}: {problem}")
        return value


def _whole(raw: Any) -> int:
    if isinstance(raw, bool | float):
        raise TypeError
    return int(raw)


def _exact(raw: Any) -> Decimal:
    value = Decimal(str(raw))
    if not value.is_finite():
        raise ValueError
    return value


def _truth(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}[
        str(raw).strip().lower()
    ]


def _duration(raw: Any) -> timedelta:
    """Durations are stored and typed in seconds."""
    return raw if isinstance(raw, timedelta) else timedelta(seconds=float(raw))


def _yes_or_no(raw: Any) -> bool:
    try:
        return _truth(raw)
    except KeyError:
        raise ValueError from None


_PARSERS: dict[str, Callable[[Any], Any]] = {
    INT: _whole,
    DECIMAL: _exact,
    BOOL: _yes_or_no,
    TEXT: str,
    CHOICE: str,
    DURATION: _duration,
}
_declared: dict[str, Option] = {}


def register(*options: Option) -> None:
    """Declare settings; a default out of its own bounds is refused at start."""
    for option in options:
        option.clean(option.default)
        _declared[option.key] = option


def declared() -> tuple[Option, ...]:
    """Every setting, by name."""
    return tuple(_declared[key] for key in sorted(_declared))


def get_option(key: str) -> Option:
    """Answer the declaration of a setting."""
    try:
        return _declared[key]
    except KeyError:
        raise UnknownOption(key) from None


def snapshot() -> AbstractContextManager[None]:
    """Read the settings once for everything inside the block: a request or a job."""
    return request_memory.scope()


def _stored(key: str) -> tuple[Any, ...]:
    """Answer the stored value in a tuple, or an empty one where the default holds."""
    if not request_memory.is_active():
        return tuple(OptionValue.objects.filter(key=key).values_list("value", flat=True))
    stored = request_memory.remember(MEMORY, _read_all)
    return (stored[key],) if key in stored else ()


def _read_all() -> dict[str, Any]:
    return dict(ALL_STORED.all())


def value(key: str) -> Any:
    """Answer what a setting is now."""
    option = get_option(key)
    # Bounds are for typing: a stored value stays what it is when a later version narrows them.
    for raw in _stored(key):
        return option.parse(raw)
    return option.parse(option.default)


def as_json(raw: Any) -> Any:
    """Answer a value as it is stored: durations in seconds, exact figures as text."""
    if isinstance(raw, timedelta):
        return raw.total_seconds()
    return str(raw) if isinstance(raw, Decimal) else raw


@transaction.atomic
def set_value(key: str, raw: Any, actor: Actor, now: datetime) -> Any:
    """Change a setting within its bounds, and keep who did it in the audit trail."""
    option = get_option(key)
    cleaned = option.clean(raw)
    row = OptionValue.objects.select_for_update().filter(key=key).first()
    before = row.value if row else as_json(option.clean(option.default))
    after = as_json(cleaned)
    if before == after:
        return cleaned
    OptionValue.objects.update_or_create(key=key, defaults={"value": after, "updated_at": now})
    audit.record(
        action="option.changed",
        subject_type="option",
        subject_key=key,
        actor=actor,
        now=now,
        before={"value": before},
        after={"value": after},
    )
    request_memory.forget(MEMORY)
    return cleaned
