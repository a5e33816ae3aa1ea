"""What comes back from Salesforce, read into plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.client.faults import Fault, Kind, classify


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


def record_answer(item: Mapping[str, Any]) -> RecordAnswer:
    """Read one line of a collection's answer."""
    if item.get("success"):
        return RecordAnswer(
            salesforce_id=str(item.get("id") or ""), is_created=bool(item.get("created"))
        )
    errors = item.get("errors") or [{}]
    return RecordAnswer(fault=_fault_of(errors[0]))


def _fault_of(error: Mapping[str, Any], status: int = 0) -> Fault:
    """The same failure is named errorCode in one answer and statusCode in another."""
    code = str(error.get("errorCode") or error.get("statusCode") or "UNKNOWN_EXCEPTION")
    return classify(
        code=code,
        message=str(error.get("message", "")),
        status=status,
        fields=tuple(str(name) for name in error.get("fields") or ()),
    )


def whole_call_fault(status: int, content: Any) -> Fault:
    """Read the answer of a call that failed as a whole."""
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return _fault_of(content[0], status)
    if isinstance(content, list) and status == 300:
        return classify(code="MULTIPLE_MATCHES", message=", ".join(map(str, content)), status=300)
    if isinstance(content, dict) and (content.get("errorCode") or content.get("error")):
        return _fault_of({"errorCode": content.get("error"), **content}, status)
    fault = classify(code="NOT_JSON", message="The answer was not JSON.", status=0)
    if status in {410, 502, 504, 300, 414, 431, 429, 403, 404, 401}:
        return classify(code=f"HTTP_{status}", message="The answer was not JSON.", status=status)
    return Fault(kind=Kind.TRANSIENT, code=fault.code, message=fault.message, status=status)


def usage_of(header: str) -> Usage | None:
    """Read `api-usage=18/15000` out of the limit header."""
    for part in header.split(";"):
        name, _, figures = part.strip().partition("=")
        used, _, limit = figures.partition("/")
        if name == "api-usage" and used.isdigit() and limit.isdigit():
            return Usage(used=int(used), limit=int(limit))
    return None
