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


def _latest(call: Call, most: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in RECENT_OBJECTS:
        owner = call.org.visible.find(name)
        if owner is None:
            continue
        shown = owner.name_field
        text = (
            f"SELECT Id, {shown.name if shown else 'Id'}, LastModifiedDate FROM {name} "
            f"ORDER BY LastModifiedDate DESC LIMIT {most}"
        )
        found += call.org.reader.query(text, base=call.base).records
    found.sort(key=lambda each: str(each["LastModifiedDate"]), reverse=True)
    return found[:most]


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
