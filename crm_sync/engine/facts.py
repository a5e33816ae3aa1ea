"""What has to be known of the org before sending: field lengths, statuses, record types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_sync.client.org import Org
from crm_sync.mappings.schema import OBJECTS
from crm_sync.models import Connection

FACTS_LIVE = timedelta(hours=24)
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
        connection.save(update_fields=["facts", "facts_at"])
    return OrgFacts(**connection.facts)


def forget_facts(connection: Connection) -> None:
    """Read the facts again before the next push."""
    connection.facts, connection.facts_at = {}, None
    connection.save(update_fields=["facts", "facts_at"])


def read_facts(org: Org) -> dict[str, Any]:
    """Ask the org for everything that the engine has to know, by flags instead of labels."""
    descriptions = {sobject: org.describe(sobject) for sobject in OBJECTS}
    statuses = org.query("SELECT ApiName, StatusCode FROM OrderStatus")
    return {
        "lengths": {sobject: _lengths(text) for sobject, text in descriptions.items()},
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


def _lengths(description: Mapping[str, Any]) -> dict[str, int]:
    return {
        field["name"]: int(field["length"])
        for field in description.get("fields", [])
        if field.get("type") in TEXT_TYPES and field.get("length")
    }


def _record_types(org: Org) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in org.query(
        "SELECT Id, DeveloperName, SobjectType FROM RecordType WHERE IsActive = true"
    ):
        found.setdefault(row["SobjectType"], {})[row["DeveloperName"]] = row["Id"]
    return found


def _stages(org: Org) -> dict[str, str]:
    rows = org.query(
        "SELECT ApiName, IsClosed, IsWon, SortOrder FROM OpportunityStage "
        "WHERE IsActive = true ORDER BY SortOrder"
    )
    stages: dict[str, str] = {}
    for row in rows:
        meaning = "won" if row["IsWon"] else ("lost" if row["IsClosed"] else "open")
        stages.setdefault(meaning, row["ApiName"])
    return stages


def _status(rows: list[dict[str, Any]], code: str) -> str:
    return next((row["ApiName"] for row in rows if row["StatusCode"] == code), code)


def _converted_status(org: Org) -> str:
    rows = org.query("SELECT ApiName FROM LeadStatus WHERE IsConverted = true")
    return str(rows[0]["ApiName"]) if rows else ""


def _standard_book(org: Org) -> str:
    rows = org.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
    return str(rows[0]["Id"]) if rows else ""


def _has_strangers(org: Org, sobject: str) -> bool:
    soql = f"SELECT COUNT() FROM {sobject} WHERE Shop_Id__c = null"  # noqa: S608 - our own names
    return org.count(soql) > 0
