"""What has to be known of the org before sending: field lengths, statuses, record types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crm_sync.client.faults import CallFailed, Kind, Treatment
from crm_sync.client.org import Org
from crm_sync.mappings.schema import OBJECTS
from crm_sync.models import Connection

FACTS_LIVE = timedelta(hours=24)
CHOSEN_BY_FLAG = ("Status", "StageName")
TEXT_TYPES = ("string", "textarea", "email", "phone", "url", "encryptedstring")


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """The answers of one reading."""

    lengths: Mapping[str, Mapping[str, int]]
    record_types: Mapping[str, Mapping[str, str]]
    stages: Mapping[str, str]
    order_draft: str
    order_activated: str
    lead_converted: str
    standard_book_id: str
    user_id: str
    strangers: tuple[str, ...]  # objects that hold records which are not ours
    choices: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


NO_FACTS = OrgFacts(
    lengths={},
    record_types={},
    stages={},
    order_draft="",
    order_activated="",
    lead_converted="",
    standard_book_id="",
    user_id="",
    strangers=(),
)


def facts_of(connection: Connection, org: Org, now: datetime) -> OrgFacts:
    """Answer the facts of this org, read at most once a day."""
    fresh = connection.facts_at is not None and now - connection.facts_at < FACTS_LIVE
    if not (fresh and connection.facts):
        connection.facts = read_facts(org)
        connection.facts_at = now
        # The first one to be filled; the doctor tells when it is another one later.
        connection.organization_id = connection.organization_id or _organization(org)
        connection.save(update_fields=["facts", "facts_at", "organization_id"])
    return OrgFacts(**connection.facts)


def _organization(org: Org) -> str:
    return str(org.identity().get("organization_id", ""))[:18]


def forget_facts(connection: Connection) -> None:
    """Read the facts again before the next push."""
    connection.facts, connection.facts_at = {}, None
    connection.save(update_fields=["facts", "facts_at"])


def read_facts(org: Org) -> dict[str, Any]:
    """Ask the org for everything that the engine has to know, by flags instead of labels."""
    descriptions = {sobject: _description(org, sobject) for sobject in OBJECTS}
    statuses = _rows(org, "SELECT ApiName, StatusCode, SortOrder FROM OrderStatus")
    statuses.sort(key=_place)
    return {
        "lengths": {sobject: _lengths(text) for sobject, text in descriptions.items()},
        "choices": {sobject: _choices(text) for sobject, text in descriptions.items()},
        "record_types": _record_types(org),
        "stages": _stages(org),
        "order_draft": _status(statuses, "Draft"),
        "order_activated": _status(statuses, "Activated"),
        "lead_converted": _converted_status(org),
        "standard_book_id": _standard_book(org),
        "user_id": str(org.identity().get("user_id", "")),
        "strangers": [
            name for name in ("Lead", "Contact", "Product2") if _has_strangers(org, name)
        ],
    }


def _description(org: Org, sobject: str) -> dict[str, Any]:
    """An object that is missing or hidden is the trouble of its own records alone."""
    try:
        return org.describe(sobject)
    except CallFailed as failure:
        if not _is_final(failure):
            raise
        return {}


def _rows(org: Org, soql: str) -> list[dict[str, Any]]:
    try:
        return org.query(soql)
    except CallFailed as failure:
        if not _is_final(failure):
            raise
        return []


def _is_final(failure: CallFailed) -> bool:
    """Whether the org understood the question, and will answer the same tomorrow."""
    fault = failure.fault
    return fault.treatment is Treatment.FIX or fault.kind is Kind.IDENTITY


def _place(row: Mapping[str, Any]) -> int:
    return int(row.get("SortOrder") or 0)


def _choices(description: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the org offers in its own lists; ours come with our metadata."""
    return {
        one["name"]: [
            str(choice["value"]) for choice in one["picklistValues"] if choice.get("active", True)
        ]
        for one in description.get("fields", [])
        if one.get("type") == "picklist"
        and one.get("picklistValues")
        and one["name"] not in CHOSEN_BY_FLAG
        and not one.get("custom")
    }


def _lengths(description: Mapping[str, Any]) -> dict[str, int]:
    return {
        one["name"]: int(one["length"])
        for one in description.get("fields", [])
        if one.get("type") in TEXT_TYPES and one.get("length")
    }


def _record_types(org: Org) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in _rows(
        org, "SELECT Id, DeveloperName, SobjectType FROM RecordType WHERE IsActive = true"
    ):
        found.setdefault(row["SobjectType"], {})[row["DeveloperName"]] = row["Id"]
    return found


def _stages(org: Org) -> dict[str, str]:
    rows = _rows(
        org,
        "SELECT ApiName, IsClosed, IsWon, SortOrder FROM OpportunityStage "
        "WHERE IsActive = true ORDER BY SortOrder",
    )
    stages: dict[str, str] = {}
    for row in sorted(rows, key=_place):
        meaning = "won" if row["IsWon"] else ("lost" if row["IsClosed"] else "open")
        stages.setdefault(meaning, row["ApiName"])
    return stages


def _status(rows: list[dict[str, Any]], code: str) -> str:
    return next((row["ApiName"] for row in rows if row["StatusCode"] == code), code)


def _converted_status(org: Org) -> str:
    rows = _rows(org, "SELECT ApiName, SortOrder FROM LeadStatus WHERE IsConverted = true")
    rows.sort(key=_place)
    return str(rows[0]["ApiName"]) if rows else ""


def _standard_book(org: Org) -> str:
    rows = _rows(org, "SELECT Id FROM Pricebook2 WHERE IsStandard = true")
    return str(rows[0]["Id"]) if rows else ""


def _has_strangers(org: Org, sobject: str) -> bool:
    soql = f"SELECT COUNT() FROM {sobject} WHERE Shop_Id__c = null"  # noqa: S608 - our own names
    try:
        return org.count(soql) > 0
    except CallFailed as failure:
        if not _is_final(failure):
            raise
        return False
