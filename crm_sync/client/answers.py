"""What comes back from Salesforce, read into plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.client.faults import MOVED, Fault, Kind, classify

ROW_STATUS = 200  # the call went well, the record did not
SHORT_ID = 15
CHECK_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
NOT_JSON_WORDS = "The answer was not JSON."
# Statuses that say enough by themselves when the body says nothing.
TELLING = frozenset({*MOVED, 300, 401, 403, 404, 410, 413, 414, 420, 429, 431, 502, 504})


@dataclass(frozen=True, slots=True)
class Usage:
    """How many calls of the day are spent."""

    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call for the log: no body, no token, no personal data."""

    method: str
    path: str
    status: int
    code: str
    milliseconds: int
    records: int
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """What happened to one record of a collection."""

    salesforce_id: str = ""
    is_created: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class ConvertedLead:
    """Where a lead went."""

    lead_id: str
    account_id: str = ""
    contact_id: str = ""
    fault: Fault | None = None


def record_answer(item: object) -> RecordAnswer:
    """Read one line of a collection's answer; a line that says nothing leaves its record open."""
    if not isinstance(item, Mapping):
        return RecordAnswer(fault=_nothing_said())
    if item.get("success"):
        found = long_id(str(item.get("id") or ""))
        if not found:
            return RecordAnswer(fault=_nothing_said())
        return RecordAnswer(salesforce_id=found, is_created=bool(item.get("created")))
    return RecordAnswer(fault=_fault_of(_first_error(item.get("errors")), ROW_STATUS))


def _nothing_said() -> Fault:
    return Fault(
        kind=Kind.UNKNOWN,
        code="ODD_ANSWER",
        message="The answer does not say what became of this record.",
        status=ROW_STATUS,
    )


def _first_error(errors: object) -> Mapping[str, Any]:
    """Errors are a list; some answers hold the only one bare."""
    first = errors[0] if isinstance(errors, list) and errors else errors
    if isinstance(first, Mapping):
        return first
    return {"message": str(first)} if first else {}


def _fault_of(error: Mapping[str, Any], status: int = 0) -> Fault:
    """The same failure is named errorCode in one answer and statusCode in another."""
    fields = error.get("fields")
    return classify(
        code=str(error.get("errorCode") or error.get("statusCode") or "UNKNOWN_EXCEPTION"),
        message=str(error.get("message") or ""),
        status=status,
        fields=tuple(str(name) for name in fields) if isinstance(fields, list) else (),
    )


def whole_call_fault(status: int, content: Any) -> Fault:
    """Read the answer of a call that failed as a whole."""
    if isinstance(content, list) and status == 300:
        return classify(code="MULTIPLE_MATCHES", message=", ".join(map(str, content)), status=300)
    error = _first_error(content) if isinstance(content, list) else content
    if isinstance(error, Mapping):
        code = error.get("errorCode") or error.get("statusCode") or error.get("error")
        if code:
            return _fault_of({**error, "errorCode": code}, status)
    if status in TELLING:
        return classify(code=f"HTTP_{status}", message=NOT_JSON_WORDS, status=status)
    return Fault(kind=Kind.TRANSIENT, code="NOT_JSON", message=NOT_JSON_WORDS, status=status)


def long_id(text: str) -> str:
    """Answer the form of an id in 18 letters, which tells upper from lower case by itself."""
    if len(text) != SHORT_ID or not (text.isascii() and text.isalnum()):
        return text
    parts = (text[at : at + 5] for at in range(0, SHORT_ID, 5))
    return text + "".join(
        CHECK_LETTERS[sum(1 << at for at, letter in enumerate(part) if letter.isupper())]
        for part in parts
    )


def long_ids(row: dict[str, Any]) -> dict[str, Any]:
    """Answer a row of a query with its ids in the long form."""
    return {
        name: long_id(value) if name.endswith("Id") and isinstance(value, str) else value
        for name, value in row.items()
    }


def usage_of(header: str) -> Usage | None:
    """Read `api-usage=18/15000` out of the limit header."""
    for part in header.split(";"):
        name, _, figures = part.strip().partition("=")
        used, _, limit = figures.partition("/")
        if name == "api-usage" and used.isdigit() and limit.isdigit():
            return Usage(used=int(used), limit=int(limit))
    return None
