"""Small resources: recent records, tooling."""

from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.soql.parser import parse
from crm_sync.localorg.soql.tokens import point_at

TOOLING_NAMES = (
    "SandboxProcess", "ApexClass", "ApexTrigger", "ApexPage", "ApexComponent", "ApexTestQueueItem",
    "ApexTestResult", "AsyncApexJob", "MetadataContainer", "TraceFlag", "DebugLevel",
    "InstalledSubscriberPackage", "Package2", "Package2Version", "PackageInstallRequest",
    "SourceMember", "FlexiPage", "Flow", "FlowDefinition",
)  # fmt: skip
TOOLING = {name.lower(): name for name in TOOLING_NAMES}
RECENT_OBJECTS = ("Account", "Contact", "Lead", "Opportunity", "Order", "Case")
MOST_RECENT = 200
SECONDS = 19  # the part of a moment up to its second


def _rows(call: Call, name: str, rest: str) -> list[dict[str, Any]]:
    owner = call.org.visible.find(name)
    if owner is None:
        return []
    shown = owner.name_field
    columns = f"Id, {shown.name if shown else 'Id'}, LastModifiedDate"
    text = f"SELECT {columns} FROM {owner.name} {rest}"
    return call.org.reader.query(text, base=call.base).records


def _looked_at(call: Call, seen: dict[str, str]) -> list[dict[str, Any]]:
    by_object: dict[str, list[str]] = {}
    for record_id in seen:
        owner = call.org.visible.of_id(record_id)
        if owner is not None:
            by_object.setdefault(owner.name, []).append(f"'{record_id}'")
    return [
        row
        for name, keys in by_object.items()
        for row in _rows(call, name, f"WHERE Id IN ({', '.join(keys)})")
    ]


def _latest(call: Call, most: int) -> list[dict[str, Any]]:
    """Return the records that were looked at or changed last."""
    seen = call.org.looked.of(call.session.user_id) if call.session is not None else {}
    found = {row["Id"]: row for row in _looked_at(call, seen)}
    for name in RECENT_OBJECTS:
        rows = _rows(call, name, f"ORDER BY LastModifiedDate DESC LIMIT {most}")
        found |= {row["Id"]: row for row in rows}

    # Within a second, what was looked at comes before what changed, the last look first.
    order = {record_id: place for place, record_id in enumerate(seen)}

    def moment(row: dict[str, Any]) -> tuple[str, int]:
        last = max(str(row["LastModifiedDate"])[:SECONDS], seen.get(row["Id"], "")[:SECONDS])
        return last, order.get(row["Id"], -1)

    return sorted(found.values(), key=moment, reverse=True)[:most]


def touched(call: Call) -> list[str]:
    """Return the objects of the records that were touched last."""
    return [str(each["attributes"]["type"]) for each in _latest(call, 20)]


def recent(call: Call) -> Answer:
    """List the records that were touched last."""
    limit = call.params().get("limit", "")
    most = min(whole(limit, 20), MOST_RECENT)
    found = _latest(call, most)
    return Answer([{k: v for k, v in each.items() if k != "LastModifiedDate"} for each in found])


def record_counts(call: Call) -> Answer:
    """Count the records of all objects, or of the named ones."""
    named = call.params().get("sObjects", "")
    wanted = {each.strip().lower() for each in named.split(",") if each.strip()}
    names = [each.name for each in call.org.schema.tables()]
    counted = [
        (call.org.reader.query(f"SELECT COUNT() FROM {name}").total, name)
        for name in names
        if not wanted or name.lower() in wanted
    ]
    return Answer({"sObjects": [{"count": count, "name": name} for count, name in counted]})


def tooling_query(call: Call) -> Answer:
    """Answer questions about code and packages, of which the org has none."""
    text = call.params().get("q", "")
    query = parse(text)
    name = TOOLING.get(query.source.lower())
    if name is None:
        message = f"sObject type '{query.source}' is not supported."
        raise SalesforceError("INVALID_TYPE", point_at(text, query.source_at, message))
    return Answer(
        {
            "size": 0,
            "totalSize": 0,
            "done": True,
            "queryLocator": None,
            "entityTypeName": name,
            "records": [],
        }
    )
