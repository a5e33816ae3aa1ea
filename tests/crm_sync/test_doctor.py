"""The doctor: what is missing in an org, and how to mend it."""

import shutil
from pathlib import Path

import pytest

from crm_sync import connections, doctor, services, surroundings
from crm_sync.checks import Check
from crm_sync.client.org import Org
from crm_sync.client.sign_in import Credentials
from crm_sync.mappings.schema import NEEDS
from crm_sync.models import Link
from tests.crm_sync.orgs import ROOT, OrgProcess, free_port
from tests.factories.crm_sync import NOW, paid_order
from tests.factories.orders import placed_order, registered_customer

METADATA = ROOT / "crm_sync" / "metadata"


def examine(row) -> list[Check]:
    client = Org(connections.setup_of(row).credentials)
    try:
        return doctor.examine(client)
    finally:
        client.close()


def failed(checks) -> list[Check]:
    return [check for check in checks if not check.is_ok]


@pytest.mark.req("CRM-38", "CRM-07")
def test_our_own_metadata_passes_every_check(connected):
    checks = examine(connected)

    assert failed(checks) == []
    names = {check.name for check in checks}
    assert {"sign-in", "version 67.0", "Order.Shop_Grand_Total__c"} <= names
    assert "record type Order.Bulk_Order" in names


@pytest.mark.req("CRM-38", "CRM-07")
def test_a_missing_field_and_record_type_are_named_with_the_file_that_brings_them(
    connected, tmp_path
):
    metadata = tmp_path / "metadata"
    shutil.copytree(METADATA, metadata)
    objects = metadata / "force-app/main/default/objects/Order"
    (objects / "fields/Shop_Grand_Total__c.field-meta.xml").unlink()
    (objects / "recordTypes/Bulk_Order.recordType-meta.xml").unlink()
    _forget_permission(metadata, "Order.Shop_Grand_Total__c", "Order.Bulk_Order")
    org = OrgProcess(port=free_port(), folder=tmp_path / "org", metadata=metadata).start()
    try:
        connected.login_url = org.url
        connected.client_id = org.credentials["client_id"]
        connected.client_secret = org.credentials["client_secret"]
        found = failed(examine(connected))
    finally:
        org.stop()

    path = "crm_sync/metadata/force-app/main/default/objects/Order"
    assert [(check.name, check.fix) for check in found] == [
        (
            "Order.Shop_Grand_Total__c",
            f"Deploy {path}/fields/Shop_Grand_Total__c.field-meta.xml.",
        ),
        (
            "record type Order.Bulk_Order",
            f"Deploy {path}/recordTypes/Bulk_Order.recordType-meta.xml.",
        ),
    ]


def _forget_permission(metadata: Path, *names: str) -> None:
    """The permission set must not speak of what is not there."""
    (path,) = metadata.glob("**/Shop_Integration.permissionset-meta.xml")
    text = path.read_text()
    for name in names:
        start = text.find(f">{name}<")
        while start != -1:
            first = text.rfind("\n    <", 0, text.rfind("\n", 0, start))
            while not text[first:].startswith(("\n    <fieldP", "\n    <recordT")):
                first = text.rfind("\n    <", 0, first)
            last = text.find("\n    </", start)
            text = text[:first] + text[text.find("\n", last + 1) :]
            start = text.find(f">{name}<")
    path.write_text(text)


@pytest.mark.req("CRM-01")
def test_a_wrong_secret_ends_the_examination_with_plain_words(connected):
    connected.client_secret = "wrong"

    (check,) = examine(connected)

    assert not check.is_ok
    assert "client secret is wrong" in check.detail
    assert check.fix == "Correct the connection page or the SALESFORCE_ variables."


@pytest.mark.req("CRM-01")
def test_a_host_that_does_not_answer_is_named(connected):
    connected.login_url = "http://127.0.0.1:9"

    (check,) = examine(connected)

    assert check.detail.startswith("The org cannot be reached: check the address.")


@pytest.mark.req("CRM-01")
def test_an_expired_session_is_told_apart(connected, org):
    org.faults({"kind": "expire_token", "rate": 1.0})

    found = failed(examine(connected))

    assert "The session expired" in found[0].detail


@pytest.mark.req("CRM-01")
def test_the_examination_writes_nothing(connected, org):
    before = org.stats()["records_written"]

    examine(connected)

    assert org.stats()["records_written"] == before


@pytest.mark.req("CRM-38")
def test_every_custom_field_we_write_has_its_file():
    objects = METADATA / "force-app/main/default/objects"
    missing = [
        f"{needs.sobject}.{name}"
        for needs in NEEDS
        for name in needs.every_field
        if name.endswith("__c")
        and not (objects / needs.sobject / "fields" / f"{name}.field-meta.xml").exists()
    ]

    assert missing == []


@pytest.mark.req("CRM-38")
@pytest.mark.django_db
def test_the_doctor_asks_for_every_field_that_is_sent(connected, sync):
    paid_order(customer=registered_customer(), key="one")
    placed_order(email="guest@example.com", key="two")
    sync()
    needed = {needs.sobject: set(needs.every_field) for needs in NEEDS}
    unknown = {
        f"{link.sobject}.{field}"
        for link in Link.objects.all()
        for field in map(_field_of, link.pushed_values)
        if field not in needed[link.sobject]
    }

    assert unknown == set()


def _field_of(name: str) -> str:
    """The field behind a reference by external id."""
    if name.endswith("__r"):
        return name.removesuffix("__r") + "__c"
    references = ("Account", "Pricebook2", "Product2", "Order", "PricebookEntry", "BillToContact")
    return f"{name}Id" if name in references else name


ORGANIZATION_ROW = {"Id": "00D1", "IsSandbox": False, "OrganizationType": "Developer Edition"}


class Told:
    """An org that answers questions as a test says."""

    def __init__(self, **facts):
        self.credentials = Credentials("https://shop.my.salesforce.com", "jwt", "a")
        self.rows = {"Organization": [ORGANIZATION_ROW], "DuplicateRule": [], **facts}

    def identity(self):
        return {"organization_id": "00D000000000001EAA"}

    def query(self, soql):
        return self.rows[soql.split(" FROM ")[1].split()[0]]


@pytest.mark.req("CRM-01", "CRM-38")
def test_another_org_than_the_one_that_holds_the_records_is_told():
    known, other = "00D000000000001EAA", "00D000000000002EAA"

    right, _ = surroundings.organization_checks(Told(), known)
    wrong, _ = surroundings.organization_checks(Told(), other)

    assert (right.name, right.is_ok) == ("organization", True)
    assert not wrong.is_ok
    assert wrong.detail == f"This is another org: {known}. The shop's records are in {other}."


@pytest.mark.req("CRM-01", "CRM-38")
@pytest.mark.parametrize(
    ("host", "is_sandbox", "is_right"),
    [
        ("shop.my.salesforce.com", False, True),
        ("shop.my.salesforce.com", True, False),
        ("shop--test.sandbox.my.salesforce.com", True, True),
        ("shop--test.sandbox.my.salesforce.com", False, False),
        ("test.salesforce.com", False, False),
        ("login.salesforce.com", False, True),
        ("crm.example.com", True, True),
    ],
)
def test_a_sandbox_is_not_taken_for_production(host, is_sandbox, is_right):
    told = Told(Organization=[{**ORGANIZATION_ROW, "IsSandbox": is_sandbox}])
    told.credentials = Credentials(f"https://{host}", "jwt", "a")

    _, kind = surroundings.organization_checks(told, "")

    assert (kind.name, kind.is_ok) == ("kind of org", is_right)


@pytest.mark.req("CRM-38")
def test_the_org_that_was_filled_first_is_remembered(connected, sync):
    placed_order()
    sync()
    connected.refresh_from_db()
    own = connected.organization_id
    assert own.startswith("00D")
    assert len(own) == 18

    services.note_test(is_ok=True, organization_id="00D000000000009EAA", usage=None, now=NOW)

    connected.refresh_from_db()
    assert connections.filled_organization(connected) == own


FIELD = {"createable": True, "nillable": False, "defaultedOnCreate": False, "type": "string"}


@pytest.mark.req("CRM-38")
def test_a_field_that_the_org_requires_of_us_is_named():
    (needs,) = [needs for needs in NEEDS if needs.sobject == "Contact"]
    fields = {
        "LastName": FIELD,
        "Badge__c": FIELD,
        "OwnerId": {**FIELD, "defaultedOnCreate": True},
        "Fun__c": {**FIELD, "type": "boolean"},
    }

    (check,) = surroundings.required_checks(needs, fields)

    assert check.name == "Contact.Badge__c is required"
    assert not check.is_ok


@pytest.mark.req("CRM-38")
def test_choices_and_lengths_that_would_not_hold_are_named():
    (needs,) = [needs for needs in NEEDS if needs.sobject == "Payment__c"]
    fields = {
        "Gateway_Reference__c": {"length": 20},
        "Status__c": {
            "restrictedPicklist": True,
            "picklistValues": [
                {"value": "Pending", "active": True},
                {"value": "Captured", "active": False},
            ],
        },
    }

    length, choices = surroundings.value_checks(needs, fields)

    assert length.detail == "Payment__c.Gateway_Reference__c holds 20 letters of 100."
    assert choices.detail == (
        "Payment__c.Status__c does not offer: Authorized, Captured, Failed, Cancelled, Refunded, "
        "Partially_Refunded."
    )


@pytest.mark.req("CRM-38")
def test_state_picklists_and_several_currencies_are_told():
    described = {
        "Account": {"fields": [{"name": "BillingCountryCode"}, {"name": "IsPersonAccount"}]},
        "Order": {"fields": [{"name": "CurrencyIsoCode"}]},
    }

    assert [(check.name, check.is_ok) for check in surroundings.mode_checks(described)] == [
        ("countries as text", False),
        ("one currency", False),
        ("person accounts", True),
    ]


@pytest.mark.req("CRM-38")
def test_duplicate_rules_of_our_objects_are_listed():
    rows = [
        {"SobjectType": "Lead", "DeveloperName": "Standard_Lead"},
        {"SobjectType": "Idea", "DeveloperName": "Other"},
    ]

    (check,) = surroundings.rule_checks(Told(DuplicateRule=rows))

    assert check.detail == "active: Lead.Standard_Lead; they must alert, not block"
