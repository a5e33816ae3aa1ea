"""What the org emulates, as a table made from what it is built of."""

import re
from dataclasses import dataclass

from crm_sync.localorg.faults import KINDS
from crm_sync.localorg.formula.functions import EAGER, LAZY
from crm_sync.localorg.oauth.flows import FLOWS
from crm_sync.localorg.records.rules.table import AFTER, BEFORE, BEFORE_DELETE
from crm_sync.localorg.resources import FAR, ROUTES
from crm_sync.localorg.schema.kinds import kinds as metadata_kinds
from crm_sync.localorg.schema.source import NESTED
from crm_sync.localorg.schema.standard import standard_objects
from crm_sync.localorg.settling.table import MAKERS
from crm_sync.localorg.soap.service import DESCRIPTIONS, SERVICES
from crm_sync.localorg.soql.functions import AGGREGATES, DATE_PARTS
from crm_sync.localorg.soql.locales import LOCALES
from crm_sync.localorg.soql.periods import COUNTED, WORDS

FULL, PART, NONE = "emulated", "partly", "not emulated"
APPLIED = frozenset(
    (
        *MAKERS,
        "CustomField",
        "CustomLabels",
        "DuplicateRule",
        "GlobalValueSet",
        "MatchingRules",
        "ManagedEventSubscription",
        "PermissionSet",
        "PlatformEventChannel",
        "PlatformEventChannelMember",
        "RecordType",
        "StandardValueSet",
        "ValidationRule",
        "Workflow",
    )
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    area: str
    what: str
    state: str
    note: str = ""


CHANGES = "standard and custom channels, merged records, text differences, gaps and overflow"
TOPICS = "statements checked, NotifyForFields, operations, subscriptions with conditions"
GENERIC = "push to all or to named users; channels are not made by subscribing"
PUBSUB = "all six methods; needs the extra pubsub"
TOOLING = "code, fields, rules, definitions kept as records; code has no effect"
ACTIONS = "submit and emailSimple (never sent); quick actions; neither Apex nor flows"
OPEN_APPROVALS = "an object without any process of its own can be submitted, too"
FILES = "attachments, documents, versions and links of content; as base64, in parts, in collections"
SHARING = (
    "the one user sees and edits every record; sharing entries can be read, those of owners only"
)
PARTLY = (
    Row("Search", "SOSL", PART, "whole words, wildcards, AND, OR, NOT; no ranking, no synonyms"),
    Row("Query", "Sorting of texts", PART, "letters beyond ASCII follow those of ASCII"),
    Row("SOAP", "renameMetadata", PART, "not for fields, which hold data"),
    Row("Metadata", "Other kinds", PART, "kept and given back, without any effect"),
    Row("Records", "Sharing", PART, SHARING),
    Row("Records", "Duplicate rules", PART, "rule conditions and record sets are not kept"),
    Row("Records", "Approvals", FULL, OPEN_APPROVALS),
    Row("Tooling", "Tooling API", PART, TOOLING),
    Row("Actions", "Standard and custom actions", PART, ACTIONS),
)
MISSING = (
    Row("Query", "WITH DATA CATEGORY", NONE),
    Row("Code", "Apex, flows, triggers", NONE),
    Row("Records", "Multiple currencies, territories", NONE),
    Row("REST", "Chatter, reports", NONE),
)


def _address(text: str) -> str:
    far = text.replace(FAR, "<relationship>/…/<relationship>")
    return re.sub(r"\(\?P<\w+>([^)]*)\)", r"\1", far).replace("|", " or ") or "/"


def _listed(names: object) -> str:
    return ", ".join(sorted(str(name) for name in names))  # type: ignore[attr-defined]


def rows() -> list[Row]:
    """Return the table."""
    found = [Row("Sign-in", name.rpartition(":")[2], FULL) for name in FLOWS]
    found += [
        Row("REST", f"`{_address(address)}`", FULL, ", ".join(methods))
        for address, methods in ROUTES.listing()
    ]
    for kind, operations in SERVICES.items():
        if kind != "c":
            found.append(Row("SOAP", f"`/services/Soap/{kind}`", FULL, _listed(operations)))
    typed = "the calls of the partner API on typed records"
    found.append(Row("SOAP", "`/services/Soap/c`", FULL, typed))
    found.append(Row("SOAP", "Service descriptions", FULL, _listed(DESCRIPTIONS)))
    found.append(Row("Query", "Aggregates", FULL, _listed(AGGREGATES)))
    found.append(Row("Query", "GROUP BY ROLLUP, CUBE with GROUPING()", FULL))
    found.append(Row("Query", "DISTANCE(), GEOLOCATION()", FULL, "of addresses"))
    found.append(Row("Query", "FORMAT() in the locale of the user", FULL, _listed(LOCALES)))
    found.append(Row("Query", "Date functions", FULL, _listed([*DATE_PARTS, "DAY_ONLY"])))
    found.append(Row("Query", "Date words", FULL, _listed([*WORDS, *COUNTED])))
    names = [each.name for each in standard_objects()]
    found.append(Row("Records", "Standard objects", FULL, _listed(names)))
    ruled = {*BEFORE, *AFTER, *BEFORE_DELETE}
    found.append(Row("Records", "Objects with rules of their own", FULL, _listed(ruled)))
    found.append(Row("Rules", "Formula functions", FULL, _listed([*EAGER, *LAZY])))
    kinds = {*metadata_kinds(), *NESTED.values()} & APPLIED
    found.append(Row("Metadata", "Applied kinds", FULL, _listed([*kinds, "CustomObject"])))
    found.append(Row("Records", "Object, field and audit-field permissions", FULL, "by option"))
    found.append(Row("Records", "Person accounts", FULL, "by option"))
    found.append(Row("Records", "Files", FULL, FILES))
    found.append(Row("Records", "Formula fields, default formulas, roll-up summaries", FULL))
    found.append(Row("Bulk", "Bulk API 1.0 (CSV, XML, JSON, ZIP, PK chunking)", FULL))
    found.append(Row("Bulk", "Bulk API 2.0", FULL, "ingest and query"))
    found.append(Row("Events", "CometD with replay ids, 72 h retention", FULL))
    found.append(Row("Events", "Push topics", FULL, TOPICS))
    found.append(Row("Events", "Generic streaming", FULL, GENERIC))
    found.append(Row("Events", "Change events", FULL, CHANGES))
    found.append(Row("Events", "Pub/Sub API (gRPC, Avro)", FULL, PUBSUB))
    found.append(Row("Faults", "Switches", FULL, _listed(KINDS)))
    return [*found, *PARTLY, *MISSING]


def markdown() -> str:
    """Return the table for the documentation."""
    lines = ["| area | what | state | note |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.area} | {row.what} | {row.state} | {row.note} |" for row in rows()]
    return "\n".join(lines)
