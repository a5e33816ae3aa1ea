"""An org whose user is no administrator: only the permission sets assigned count."""

from pathlib import Path

import pytest
import requests

from crm_sync.localorg.schema.access import Grants, narrowed, permission_name
from crm_sync.localorg.schema.build import build
from crm_sync.localorg.schema.xml import parse
from crm_sync.localorg.streaming.shape import visible
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_change_events import member, payloads
from tests.crm_sync.localorg.test_streaming import Subscriber
from tests.crm_sync.orgs import OrgProcess, free_port

SETS = """<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">
<label>Desk</label>
<fieldPermissions><editable>false</editable><field>Account.Phone</field>
<readable>true</readable></fieldPermissions>
<fieldPermissions><editable>true</editable><field>Account.BillingAddress</field>
<readable>true</readable></fieldPermissions>
<fieldPermissions><editable>true</editable><field>Contact.Email</field>
<readable>true</readable></fieldPermissions>
<objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete>
<allowEdit>true</allowEdit><allowRead>true</allowRead><object>Account</object></objectPermissions>
<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete>
<allowEdit>false</allowEdit><allowRead>true</allowRead><object>Contact</object></objectPermissions>
<userPermissions><enabled>true</enabled><name>CreateAuditFields</name></userPermissions>
</PermissionSet>"""
OLD = "2019-05-04T10:00:00.000+0000"


def start(folder: Path, *options: str) -> OrgProcess:
    metadata = folder / "project" / "permissionsets"
    metadata.mkdir(parents=True)
    (metadata / "Desk.permissionset-meta.xml").write_text(SETS)
    channels = folder / "project" / "platformEventChannelMembers"
    channels.mkdir()
    for name in ("AccountChangeEvent", "LeadChangeEvent"):
        path = channels / f"ChangeEvents_{name}.platformEventChannelMember-meta.xml"
        path.write_text(member(name))
    process = OrgProcess(free_port(), folder / "org", metadata.parent, options=options)
    return process.start()


@pytest.fixture(scope="module")
def desk_process(tmp_path_factory):
    process = start(tmp_path_factory.mktemp("desk"), "--integration-user", "--audit-fields")
    yield process
    process.stop()


@pytest.fixture
def org(desk_process):
    desk_process.reset()
    return desk_process


def names(org, sobject):
    answer = org.call("GET", f"sobjects/{sobject}/describe")
    return {field["name"]: field for field in answer.json()["fields"]}


@pytest.mark.req("ORG-08")
def test_a_field_that_is_not_readable_is_nowhere(org):
    account = org.create("Account", Name="Acme")

    asked = org.call("GET", "query", params={"q": "SELECT Id, Website FROM Account"})
    written = org.call("PATCH", f"sobjects/Account/{account}", json={"Website": "https://a.in"})
    read = org.call("GET", f"sobjects/Account/{account}").json()

    assert "Website" not in names(org, "Account")
    assert asked.status_code == 400
    assert code_of(asked) == "INVALID_FIELD"
    assert "No such column 'Website' on entity 'Account'" in asked.json()[0]["message"]
    assert written.json() == [
        {
            "message": "No such column 'Website' on sobject of type Account",
            "errorCode": "INVALID_FIELD",
        }
    ]
    assert "Website" not in read
    assert read["Name"] == "Acme"


@pytest.mark.req("ORG-08")
def test_a_field_that_is_only_readable_cannot_be_written(org):
    refused = org.call("POST", "sobjects/Account", json={"Name": "Acme", "Phone": "1"})

    assert refused.status_code == 400
    assert refused.json() == [
        {
            "message": "Unable to create/update fields: Phone. Please check the security settings "
            "of this field and verify that it is read/write for your profile or permission set.",
            "errorCode": "INVALID_FIELD_FOR_INSERT_UPDATE",
            "fields": ["Phone"],
        }
    ]
    assert org.query("SELECT Id, Phone FROM Account") == []
    described = names(org, "Account")
    assert (described["Phone"]["createable"], described["Phone"]["updateable"]) == (False, False)
    assert described["BillingCity"]["updateable"] is True
    assert "ShippingCity" not in described


@pytest.mark.req("ORG-08")
def test_objects_open_only_as_far_as_the_set_says(org):
    account = org.create("Account", Name="Acme", BillingCity="Pune")

    listed = {each["name"] for each in org.call("GET", "sobjects").json()["sobjects"]}
    created = org.call("POST", "sobjects/Contact", json={"LastName": "Rao"})
    deleted = org.call("DELETE", f"sobjects/Account/{account}")
    unseen = org.call("GET", "query", params={"q": "SELECT Id FROM Lead"})

    assert {"Account", "Contact", "User", "RecordType"} <= listed
    assert not {"Lead", "Order", "Opportunity"} & listed
    assert code_of(created) == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert (deleted.status_code, code_of(deleted)) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert (unseen.status_code, code_of(unseen)) == (400, "INVALID_TYPE")
    assert org.call("GET", "sobjects/Lead/describe").status_code == 404
    assert org.call("POST", "sobjects/Lead", json={"LastName": "x"}).status_code == 404
    assert org.query("SELECT Name FROM Account") == [{"Name": "Acme"}]


@pytest.mark.req("ORG-08")
def test_without_its_assignment_a_set_counts_for_nothing(desk_process, org):
    found = org.query("SELECT Id, Name FROM Account")
    rows = org.query(
        "SELECT PermissionSet.Name, Assignee.Profile.Name FROM PermissionSetAssignment"
    )
    assert found == []
    assert rows == [
        {
            "PermissionSet": {"Name": "Desk"},
            "Assignee": {"Profile": {"Name": "Minimum Access - API Only Integrations"}},
        }
    ]


@pytest.mark.req("ORG-08")
def test_audit_fields_can_be_set_when_a_record_is_created(org):
    account = org.create("Account", Name="Old", CreatedDate=OLD)

    changed = org.call("PATCH", f"sobjects/Account/{account}", json={"CreatedDate": OLD})
    wrong = org.call(
        "POST",
        "sobjects/Account",
        json={"Name": "x", "CreatedDate": OLD, "LastModifiedDate": "2018-01-01T00:00:00Z"},
    )

    assert org.query("SELECT CreatedDate FROM Account") == [{"CreatedDate": OLD}]
    assert code_of(changed) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert code_of(wrong) == "FIELD_INTEGRITY_EXCEPTION"


@pytest.mark.req("ORG-08")
def test_fields_are_granted_under_the_names_of_the_platform():
    schema = build([], {})
    account, order = schema.require("Account"), schema.require("Order")

    assert permission_name(account, account.fields["billingcity"]) == "Account.BillingAddress"
    assert permission_name(account, account.fields["name"]) is None
    assert permission_name(order, order.fields["ponumber"]) == "Order.PoNumber"


@pytest.mark.req("ORG-08")
def test_lines_follow_the_permission_of_what_they_belong_to():
    schema = build([], {})
    grants = Grants()
    grants.add(
        parse(
            b"<PermissionSet><objectPermissions><allowRead>true</allowRead>"
            b"<allowEdit>true</allowEdit><object>Order</object></objectPermissions></PermissionSet>"
        )
    )
    seen = narrowed(schema, grants)

    assert seen.require("OrderItem").createable
    assert not seen.require("Order").createable
    assert seen.find("OpportunityLineItem") is None
    assert not seen.require("Task").createable


def test_an_administrator_sees_all_and_writes_no_audit_fields(tmp_path):
    process = start(tmp_path)
    try:
        refused = process.call("POST", "sobjects/Account", json={"Name": "x", "CreatedDate": OLD})
        assert code_of(refused) == "INVALID_FIELD_FOR_INSERT_UPDATE"
        assert "Website" in names(process, "Account")
        assert requests.get(process.url, timeout=5).status_code == 200
    finally:
        process.stop()


@pytest.mark.req("ORG-06", "ORG-08")
def test_a_subscriber_hears_only_of_what_it_sees(org):
    subscriber = Subscriber(org, channel="/data/ChangeEvents")
    account = org.create("Account", Name="Acme", BillingCity="Pune")

    made = payloads(subscriber)[0]
    org.call("PATCH", f"sobjects/Account/{account}", json={"BillingCity": None})
    changed = payloads(subscriber)[0]

    assert made["ChangeEventHeader"]["recordIds"] == [account]
    assert (made["Name"], made["BillingAddress"]) == ("Acme", {"City": "Pune"})
    assert "ShippingAddress" not in made
    assert changed["ChangeEventHeader"]["nulledFields"] == ["BillingAddress.City"]


@pytest.mark.req("ORG-06", "ORG-08")
def test_what_is_hidden_is_left_out_of_every_part_of_an_event():
    schema = build([], {})
    account = schema.require("Account").copy()
    for name in ("phone", "billingcity", "fax"):
        del account.fields[name]
    header = {"changedFields": ["Phone", "Name", "BillingAddress.City", "BillingAddress.State"]}
    payload = {
        "ChangeEventHeader": {**header, "nulledFields": ["Phone"], "diffFields": []},
        "Name": "Acme",
        "Phone": None,
        "BillingAddress": {"City": "Pune", "State": "MH"},
    }

    assert visible(account, payload) == {
        "ChangeEventHeader": {
            "changedFields": ["Name", "BillingAddress.State"],
            "nulledFields": [],
            "diffFields": [],
        },
        "Name": "Acme",
        "BillingAddress": {"State": "MH"},
    }


@pytest.mark.req("ORG-08")
def test_what_waits_for_an_approval_is_locked_until_it_is_decided(org):
    account = org.create("Account", Name="Acme")

    def ask(action, target):
        wish = {"requests": [{"actionType": action, "contextId": target}]}
        return org.call("POST", "process/approvals/", json=wish).json()[0]

    def move():
        return org.call("PATCH", f"sobjects/Account/{account}", json={"BillingCity": "Pune"})

    (item,) = ask("Submit", account)["newWorkitemIds"]
    assert code_of(move()) == "ENTITY_IS_LOCKED"
    assert org.query("SELECT BillingCity FROM Account") == [{"BillingCity": None}]

    assert ask("Reject", item)["instanceStatus"] == "Rejected"
    assert move().status_code == 204


@pytest.mark.req("ORG-08")
def test_metadata_are_not_made_as_records_by_whoever_may_not_customize(org):
    sent = {"Name": "Told", "Body": "class Told {}"}

    refused = org.call("POST", "tooling/sobjects/ApexClass", json=sent)

    found = org.call("GET", "tooling/query?q=SELECT+Id+FROM+ApexClass").json()
    assert (refused.status_code, code_of(refused)) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert found["records"] == []
