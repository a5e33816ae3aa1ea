"""Failures on demand: which call fails, how, and how often."""

import itertools
import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from crm_sync.localorg.errors import SalesforceError

KINDS = frozenset(
    [
        "expire_token",
        "unavailable",
        "server_error",
        "lock_row",
        "quota",
        "duplicate_alert",
        "duplicate_block",
        "slow",
        "drop_after_commit",
        "late_commit",
        "maintenance",
        "event_gap",
        "event_overflow",
    ]
)
MOST = 2**53
LONGEST = 86_400
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"))
RPCS = frozenset(
    ("Subscribe", "GetSchema", "GetTopic", "Publish", "PublishStream", "ManagedSubscribe")
)
CALLS = {name.upper() for name in METHODS | RPCS}
KEYS = frozenset(("kind", "rate", "nth", "count", "object", "method", "seconds", "seed"))


def _new_dice() -> random.Random:
    return random.Random()  # noqa: S311 - failing at random needs repeatable dice, not secrets


@dataclass(slots=True)
class Fault:
    """One rule for failing; without rate, nth and count it always applies."""

    kind: str
    rate: float | None = None
    nth: int | None = None
    count: int | None = None
    object: str | None = None
    method: str | None = None
    seconds: float = 0.0
    seed: int | None = None
    seen: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=_new_dice, repr=False)

    def fits(self, objects: Iterable[str], method: str) -> bool:
        """Say whether a call is of the kind this rule is about."""
        if self.method and self.method.upper() != method.upper():
            return False
        return not self.object or self.object.lower() in {name.lower() for name in objects}

    def strikes(self) -> bool:
        """Count a call that fits and say whether it fails."""
        self.seen += 1
        hit = True
        if self.rate is not None:
            hit = self.dice.random() < self.rate
        if self.nth is not None:
            hit = hit and self.seen == self.nth
        if self.count is not None:
            hit = hit and self.hits < self.count
        self.hits += int(hit)
        return hit


def _facts(rule: Fault) -> dict[str, object]:
    """Return a rule as it was given, with how often it was asked and how often it struck."""
    names = (each.name for each in fields(rule) if each.name != "dice")
    return {name: getattr(rule, name) for name in names}


def _number(entry: dict[str, object], key: str) -> float | None:
    value = entry.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST:
        raise SalesforceError("INVALID_FAULT", f"{key} must be a number that is not negative")
    return float(value)


def _whole(entry: dict[str, object], key: str) -> int | None:
    number = _number(entry, key)
    if number is not None and number != int(number):
        raise SalesforceError("INVALID_FAULT", f"{key} must be a whole number")
    return int(number) if number is not None else None


def _text(entry: dict[str, object], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise SalesforceError("INVALID_FAULT", f"{key} must be a text")
    return value or None


def read_fault(entry: object) -> Fault:
    """Read one rule from JSON."""
    if not isinstance(entry, dict) or str(entry.get("kind")) not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise SalesforceError("INVALID_FAULT", f"kind must be one of: {known}")
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        raise SalesforceError("INVALID_FAULT", f"unknown keys: {', '.join(unknown)}")
    rate = _number(entry, "rate")
    if rate is not None and rate > 1:
        raise SalesforceError("INVALID_FAULT", "rate must be from 0 to 1: a share of the calls")
    whole = {key: _whole(entry, key) for key in ("nth", "count", "seed")}
    if whole["nth"] == 0:
        raise SalesforceError("INVALID_FAULT", "nth counts from 1: the first call that fits")
    seconds = _number(entry, "seconds") or 0.0
    if seconds > LONGEST:
        raise SalesforceError("INVALID_FAULT", f"seconds must be at most {LONGEST}: a day")
    method = _text(entry, "method")
    if method is not None and method.upper() not in CALLS:
        known = ", ".join((*sorted(METHODS), *sorted(RPCS)))
        raise SalesforceError("INVALID_FAULT", f"method must be one of: {known}")
    return Fault(
        kind=str(entry["kind"]),
        rate=rate,
        nth=whole["nth"],
        count=whole["count"],
        object=_text(entry, "object"),
        method=method,
        seconds=seconds,
        seed=whole["seed"],
    )


class Faults:
    """The rules in force; the dice are seeded, so a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._thrown = itertools.count()
        self._rules: dict[int, Fault] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, rules: list[Fault]) -> None:
        """Put rules in force; each has dice of its own, so that none disturbs another."""
        with self._lock:
            for rule in rules:
                turn = next(self._thrown)
                rule.dice.seed(f"{self._seed}/{turn}" if rule.seed is None else rule.seed)
            self._rules = {**self._rules, **{next(self._numbers): rule for rule in rules}}

    def remove(self, number: int) -> bool:
        """Take one rule out of force; say whether it was there."""
        with self._lock:
            found = number in self._rules
            self._rules = {key: rule for key, rule in self._rules.items() if key != number}
        return found

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._rules = {}
            self._thrown = itertools.count()

    @property
    def active(self) -> bool:
        """Say whether any rule is in force."""
        return bool(self._rules)

    def take(self, kind: str, objects: Iterable[str] = (), method: str = "") -> Fault | None:
        """Return the rule by which this call fails in this way, if one does."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules.values():
                if rule.kind == kind and rule.fits(objects, method) and rule.strikes():
                    return rule
        return None

    def listing(self) -> list[dict[str, object]]:
        """Return all rules with how often they were asked and how often they struck."""
        with self._lock:
            return [_facts(rule) for rule in self._rules.values()]

    def numbered(self) -> list[tuple[int, dict[str, object]]]:
        """Return all rules with the numbers by which each can be taken out."""
        with self._lock:
            return [(number, _facts(rule)) for number, rule in self._rules.items()]
