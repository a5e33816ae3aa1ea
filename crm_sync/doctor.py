"""Looking whether the org is fit for the shop: every finding says how to mend it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crm_sync.checks import Check
from crm_sync.client.faults import CallFailed, Kind
from crm_sync.client.org import Org
from crm_sync.mappings.names import EXTERNAL_ID
from crm_sync.mappings.schema import NEEDS, ObjectNeeds
from crm_sync.package import version_checks
from crm_sync.surroundings import (
    mode_checks,
    organization_checks,
    required_checks,
    rule_checks,
    value_checks,
)

METADATA = "crm_sync/metadata/force-app/main/default"
EXTERNAL_ID_LENGTH = 64
ASK_AGAIN = "Mend what the message says, then run crm_doctor again."


def examine(org: Org, known_organization: str = "") -> list[Check]:
    """Ask everything that has to be right before anything is sent; writes nothing."""
    checks = [_signs_in(org)]
    if not checks[0].is_ok:
        return checks
    questions: dict[str, Callable[[], Iterator[Check]]] = {
        "organization": lambda: organization_checks(org, known_organization),
        "version": lambda: _version(org),
        "package": lambda: version_checks(org),
        "calls left": lambda: _quota(org),
        "objects": lambda: _objects(org),
        "settings": lambda: _settings(org),
        "duplicate rules": lambda: rule_checks(org),
    }
    for name, question in questions.items():
        try:
            checks.extend(question())
        except CallFailed as failure:
            checks.append(Check(name, False, words_of(failure), ASK_AGAIN))
    return checks


def words_of(failure: CallFailed) -> str:
    """Say in one plain sentence why a call failed."""
    fault = failure.fault
    if fault.kind is Kind.NOT_SENT:
        return f"The org cannot be reached: check the address. ({fault.message})"
    if fault.kind is Kind.TOKEN:
        return "The session expired and a new one was refused at once: check the app's policies."
    if fault.kind is Kind.REFUSED:
        return f"The integration user lacks a permission: {fault.message} {fault.hint}".strip()
    return fault.in_words()


def _signs_in(org: Org) -> Check:
    try:
        token = org.sign_in()
        identity = org.identity()
    except CallFailed as failure:
        fix = "Correct the connection page or the SALESFORCE_ variables."
        return Check("sign-in", False, words_of(failure), fix)
    user = identity.get("preferred_username", "")
    return Check("sign-in", True, f"{user} at {token.instance_url}")


def _version(org: Org) -> Iterator[Check]:
    wanted = org.credentials.api_version
    listed = org.versions()
    yield Check(
        f"version {wanted}",
        wanted in listed,
        f"the org offers {listed[0]} to {listed[-1]}" if listed else "the org lists no version",
        "Choose a version that the org lists.",
    )


def _quota(org: Org) -> Iterator[Check]:
    daily = org.limits().get("DailyApiRequests", {})
    left = int(daily.get("Remaining", 0))
    yield Check(
        "calls left",
        left > 0,
        f"{left} of {daily.get('Max', 0)}",
        "Wait until the 24-hour window has moved on, or buy more calls.",
    )


def _objects(org: Org) -> Iterator[Check]:
    described: dict[str, Mapping[str, Any]] = {}
    for needs in NEEDS:
        try:
            description = described[needs.sobject] = org.describe(needs.sobject)
        except CallFailed as failure:
            fix = f"Deploy {METADATA}, then assign the permission set Shop_Integration."
            yield Check(needs.sobject, False, words_of(failure), fix)
            continue
        yield Check(
            needs.sobject,
            bool(description.get("createable") and description.get("updateable")),
            "can be created and updated",
            "Assign the permission set Shop_Integration to the integration user.",
        )
        yield from _fields(needs, description)
    yield from mode_checks(described)


def _fields(needs: ObjectNeeds, description: Mapping[str, Any]) -> Iterator[Check]:
    fields = {field["name"]: field for field in description.get("fields", [])}
    for name in needs.every_field:
        yield _field(needs, name, fields.get(name))
    external = fields.get(EXTERNAL_ID)
    if external:
        is_key = bool(external.get("externalId") and external.get("unique"))
        is_long = int(external.get("length", 0)) >= EXTERNAL_ID_LENGTH
        yield Check(
            f"{needs.sobject}.{EXTERNAL_ID} is a key",
            is_key and is_long,
            "external id, unique, 64 characters",
            f"Deploy {_file(needs.sobject, EXTERNAL_ID)}.",
        )
    yield from required_checks(needs, fields)
    yield from value_checks(needs, fields)


def _field(needs: ObjectNeeds, name: str, field: Mapping[str, Any] | None) -> Check:
    label = f"{needs.sobject}.{name}"
    if field is None:
        return Check(label, False, f"The field {label} is missing.", _fix(needs.sobject, name))
    right = "createable" if name in needs.create_only else "updateable"
    if not field.get(right):
        fix = "Give the permission set Shop_Integration edit access to this field."
        return Check(label, False, f"The integration user may not write {label}.", fix)
    return Check(label, True)


def _fix(sobject: str, name: str) -> str:
    if name.endswith("__c"):
        return f"Deploy {_file(sobject, name)}."
    return "This standard field is hidden: check the edition and the field-level security."


def _file(sobject: str, name: str) -> str:
    return f"{METADATA}/objects/{sobject}/fields/{name}.field-meta.xml"


def _settings(org: Org) -> Iterator[Check]:
    yield from _record_types(org)
    yield _has(
        org,
        "converted lead status",
        "SELECT ApiName FROM LeadStatus WHERE IsConverted = true",
        "Add a lead status that is marked as converted.",
    )
    for name, condition in (
        ("open", "IsClosed = false"),
        ("won", "IsWon = true"),
        ("lost", "IsClosed = true AND IsWon = false"),
    ):
        yield _has(
            org,
            f"{name} opportunity stage",
            f"SELECT ApiName FROM OpportunityStage WHERE IsActive = true AND {condition}",  # noqa: S608
            f"Activate an opportunity stage that counts as {name}.",
        )
    yield _has(
        org,
        "standard price book",
        "SELECT Id FROM Pricebook2 WHERE IsStandard = true AND IsActive = true",
        "Activate the standard price book.",
    )
    yield _has(
        org,
        "order status Activated",
        "SELECT ApiName FROM OrderStatus WHERE StatusCode = 'Activated'",
        f"Deploy {METADATA}/settings/Order.settings-meta.xml to enable orders.",
    )


def _record_types(org: Org) -> Iterator[Check]:
    rows = org.query("SELECT DeveloperName, SobjectType FROM RecordType WHERE IsActive = true")
    present = {(row["SobjectType"], row["DeveloperName"]) for row in rows}
    for needs in NEEDS:
        for name in needs.record_types:
            path = f"{METADATA}/objects/{needs.sobject}/recordTypes/{name}.recordType-meta.xml"
            is_there = (needs.sobject, name) in present
            yield Check(
                f"record type {needs.sobject}.{name}",
                is_there,
                "" if is_there else f"The record type {name} of {needs.sobject} is missing.",
                f"Deploy {path}.",
            )


def _has(org: Org, name: str, soql: str, fix: str) -> Check:
    is_there = bool(org.query(soql))
    return Check(name, is_there, "" if is_there else f"There is no {name}.", fix)


def organization_of(org: Org) -> str:
    """Answer the id of the organization that was signed in to."""
    return str(org.identity().get("organization_id", ""))
