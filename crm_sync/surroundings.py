"""What of an org can get in the way, beyond single fields: which org it is, and its own rules."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from crm_sync.checks import Check
from crm_sync.client.faults import CallFailed, Treatment
from crm_sync.client.org import Org
from crm_sync.mappings.schema import NEEDS, ObjectNeeds


def organization_checks(org: Org, known: str) -> Iterator[Check]:
    """Whether this is the org that holds our records, and of the kind that the address says."""
    found = str(org.identity().get("organization_id", ""))
    yield Check(
        "organization",
        not known or known[:15] == found[:15],
        found
        if not known or known[:15] == found[:15]
        else f"This is another org: {found}. The shop's records are in {known}.",
        "Correct the address; to fill this org instead, run crm_sync --all --force.",
    )
    rows = asked(org, "SELECT IsSandbox, OrganizationType FROM Organization")
    if rows:
        yield _kind(org.credentials.login_url, rows[0])


def _kind(login_url: str, row: Mapping[str, Any]) -> Check:
    host = urlsplit(login_url).hostname or ""
    is_sandbox = bool(row.get("IsSandbox"))
    kind = "a sandbox" if is_sandbox else "no sandbox"
    says_sandbox = ".sandbox." in host or host == "test.salesforce.com"
    is_right = not host.endswith("salesforce.com") or says_sandbox == is_sandbox
    wanted = "a sandbox" if says_sandbox else "a production org"
    return Check(
        "kind of org",
        is_right,
        f"{row.get('OrganizationType') or 'org'}, {kind}"
        if is_right
        else f"The address {host} is that of {wanted}, but this org is {kind}.",
        "Use the My Domain address of the org that is meant.",
    )


def asked(org: Org, soql: str) -> list[dict[str, Any]]:
    """Answer the rows of a question that not every org and user may ask."""
    try:
        return org.query(soql)
    except CallFailed as failure:
        if failure.fault.treatment is not Treatment.FIX:
            raise
        return []


def required_checks(needs: ObjectNeeds, fields: Mapping[str, Any]) -> Iterator[Check]:
    """Fields that the org wants to have filled, and that the shop knows nothing of."""
    for name, field in sorted(fields.items()):
        is_wanted = (
            field.get("createable")
            and not field.get("nillable", True)
            and not field.get("defaultedOnCreate")
            and field.get("type") != "boolean"
        )
        if is_wanted and name not in needs.every_field:
            label = f"{needs.sobject}.{name}"
            yield Check(
                f"{label} is required",
                False,
                f"The org requires {label}, which the shop does not fill in.",
                "Give the field a default value, or make it optional.",
            )


def value_checks(needs: ObjectNeeds, fields: Mapping[str, Any]) -> Iterator[Check]:
    """Texts that must not be cut, and choices that a restricted list must offer."""
    for name, least in needs.minimum_lengths:
        length = int(fields.get(name, {}).get("length") or least)
        label = f"{needs.sobject}.{name}"
        is_long = length >= least
        yield Check(
            f"{label} is long enough",
            is_long,
            f"{length} letters" if is_long else f"{label} holds {length} letters of {least}.",
            f"Make the field at least {least} letters long.",
        )
    for name, values in needs.choices:
        missing = _not_offered(fields.get(name, {}), values)
        label = f"{needs.sobject}.{name}"
        yield Check(
            f"choices of {label}",
            not missing,
            f"{label} does not offer: {', '.join(missing)}." if missing else "",
            "Add these values to the picklist, or let it accept others.",
        )


def _not_offered(field: Mapping[str, Any], values: tuple[str, ...]) -> list[str]:
    if not field.get("restrictedPicklist"):
        return []
    offered = {
        row.get("value") for row in field.get("picklistValues") or () if row.get("active", True)
    }
    return [value for value in values if value not in offered]


def mode_checks(descriptions: Mapping[str, Mapping[str, Any]]) -> Iterator[Check]:
    """Features of an org that change what its fields mean."""
    names = {
        sobject: {field["name"] for field in text.get("fields", [])}
        for sobject, text in descriptions.items()
    }
    has_codes = "BillingCountryCode" in names.get("Account", set())
    yield Check(
        "countries as text",
        not has_codes,
        "State and country picklists are on." if has_codes else "",
        "Set the integration value of each country to its ISO code, and of each state to its name.",
    )
    has_currencies = "CurrencyIsoCode" in names.get("Order", set())
    yield Check(
        "one currency",
        not has_currencies,
        "The org has several currencies; the shop writes amounts in its user's own."
        if has_currencies
        else "",
        "Set the currency of the integration user to that of the store.",
    )
    has_persons = "IsPersonAccount" in names.get("Account", set())
    yield Check("person accounts", True, "on; not used" if has_persons else "off")


def rule_checks(org: Org) -> Iterator[Check]:
    """Duplicate rules of the org: one that blocks turns records into failed ones."""
    objects = {needs.sobject for needs in NEEDS}
    rows = asked(org, "SELECT DeveloperName, SobjectType FROM DuplicateRule WHERE IsActive = true")
    found = sorted(
        f"{row['SobjectType']}.{row['DeveloperName']}"
        for row in rows
        if row.get("SobjectType") in objects
    )
    told = f"active: {', '.join(found)}; they must alert, not block" if found else "none found"
    yield Check("duplicate rules", True, told)
