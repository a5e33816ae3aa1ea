"""What the forms for limits, faults and snapshots say, checked as the JSON switches check it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.faults import KINDS, Fault, read_fault
from crm_sync.localorg.local import switches
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.org import Org, Snapshot

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
NUMBERS = ("rate", "nth", "count", "seconds", "seed")
TEXTS = ("kind", "object", "method")
RESET_WORD = "reset"
WHOLE = re.compile(r"-?[0-9]{1,20}")
DECIMAL = re.compile(r"-?[0-9]{0,20}\.[0-9]{1,20}")


@dataclass(slots=True)
class Form:
    """What somebody wrote into one of the forms, and what is wrong with it."""

    name: str = ""
    values: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit with what is used of it."""

    name: str
    most: int
    used: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of limits and faults shows."""

    limits: list[Limit]
    faults: list[tuple[int, dict[str, object]]]
    snapshots: list[Snapshot]
    form: Form
    kinds: list[str]
    objects: list[str]
    methods: tuple[str, ...] = METHODS


def page(org: Org, form: Form) -> Page:
    """Return the page with a form as it was sent."""
    limits = [
        Limit(name, each["Max"], each["Max"] - each["Remaining"])
        for name, each in org.limits.as_json().items()
    ]
    objects = sorted(each.name for each in org.schema.tables())
    faults = org.faults.numbered()
    return Page(limits, faults, org.snapshots(), form, sorted(KINDS), objects)


def _number(text: str) -> object:
    """Return a number as JSON would carry it; what is none stays text and is refused as such."""
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def _entry(values: dict[str, str]) -> dict[str, object]:
    entry: dict[str, object] = {key: values[key] for key in TEXTS if values.get(key)}
    return entry | {key: _number(values[key]) for key in NUMBERS if values.get(key)}


def _problem(act: Callable[[], object]) -> str:
    try:
        act()
    except SalesforceError as error:
        return error.message
    return ""


def _read_fault(form: Form) -> Fault | None:
    """Return the fault of a form, or name the problem of every field."""
    entry = _entry(form.values)
    some = next(iter(KINDS))
    for key in ("kind", *NUMBERS):
        one = {"kind": some, key: entry.get(key)}
        problem = _problem(partial(read_fault, one))
        if problem:
            form.problems[key] = problem
    return None if form.problems else read_fault(entry)


def add_fault(org: Org, form: Form) -> None:
    """Switch a fault on."""
    found = _read_fault(form)
    if found is not None:
        org.faults.add([found])


def faults_off(org: Org, form: Form) -> None:
    """Switch one fault off by its number, or all of them."""
    number = form.values.get("number", "")
    if number == "all":
        org.faults.clear()
    elif not org.faults.remove(whole(number, 0)):
        form.problems["number"] = "This fault is not switched on any more."


def set_limit(org: Org, form: Form) -> None:
    """Set one limit."""
    name = form.values.get("limit", "")
    most = _number(form.values.get("most", ""))
    problem = _problem(lambda: switches.set_limits(org, {name: most}))
    if problem:
        form.problems["most" if name in org.limits.maxima else "limit"] = problem


def reset(org: Org, form: Form) -> None:
    """Return to the first minute, if that is what somebody wrote."""
    if form.values.get("word", "").lower() != RESET_WORD:
        form.problems["word"] = f"Write “{RESET_WORD}” to confirm. Nothing was changed."
        return
    org.reset()


def snapshot(org: Org, form: Form) -> None:
    """Keep all records under a name."""
    problem = _problem(lambda: switches.keep(org, form.values.get("name", "")))
    if problem:
        form.problems["name"] = problem


def restore(org: Org, form: Form) -> None:
    """Return to the records of a snapshot."""
    problem = _problem(lambda: switches.bring_back(org, form.values.get("name", "")))
    if problem:
        form.problems["restore"] = problem
