"""Person accounts: account and contact at once."""

import pytest
import requests

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.orgs import OrgProcess, free_port

CONVERT = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"
xmlns="urn:partner.soap.sforce.com"><e:Header><SessionHeader><sessionId>{token}</sessionId>
</SessionHeader></e:Header><e:Body><convertLead><leadConverts>
<convertedStatus>Closed - Converted</convertedStatus>
<doNotCreateOpportunity>true</doNotCreateOpportunity><leadId>{lead}</leadId>
</leadConverts></convertLead></e:Body></e:Envelope>"""


@pytest.fixture(scope="module")
def person_process(tmp_path_factory):
    folder = tmp_path_factory.mktemp("persons")
    process = OrgProcess(free_port(), folder, options=("--person-accounts",)).start()
    yield process
    process.stop()


@pytest.fixture
def org(person_process):
    person_process.reset()
    return person_process


@pytest.fixture
def kind(org):
    found = org.query("SELECT Id, SobjectType FROM RecordType WHERE IsPersonType = true")
    assert [each["SobjectType"] for each in found] == ["Account"]
    return found[0]["Id"]


@pytest.mark.req("ORG-08")
def test_a_person_is_an_account_and_a_contact_that_say_the_same(org, kind):
    facts = {"RecordTypeId": kind, "FirstName": "Asha", "LastName": "Rao"}
    account = org.create("Account", **facts, PersonEmail="asha@example.in", Shop_Id__pc="c-1")

    row = org.query(
        "SELECT Name, IsPersonAccount, PersonContactId, PersonContact.Email FROM Account"
    )[0]
    contact = org.query(
        "SELECT Id, Name, Email, AccountId, IsPersonAccount, Shop_Id__c FROM Contact"
    )

    assert (row["Name"], row["IsPersonAccount"]) == ("Asha Rao", True)
    assert row["PersonContact"] == {"Email": "asha@example.in"}
    assert contact == [
        {
            "Id": row["PersonContactId"],
            "Name": "Asha Rao",
            "Email": "asha@example.in",
            "AccountId": account,
            "IsPersonAccount": True,
            "Shop_Id__c": "c-1",
        }
    ]


@pytest.mark.req("ORG-08")
def test_a_change_on_either_side_is_seen_on_the_other(org, kind):
    account = org.create("Account", RecordTypeId=kind, LastName="Rao")
    contact = org.query("SELECT PersonContactId FROM Account")[0]["PersonContactId"]

    org.call("PATCH", f"sobjects/Account/{account}", json={"FirstName": "Asha", "Phone": "1"})
    assert org.query("SELECT Name, Phone FROM Contact") == [{"Name": "Asha Rao", "Phone": "1"}]

    org.call("PATCH", f"sobjects/Contact/{contact}", json={"Email": "a@b.in", "LastName": "Roy"})
    rows = org.query("SELECT Name, PersonEmail FROM Account")
    assert rows == [{"Name": "Asha Roy", "PersonEmail": "a@b.in"}]


@pytest.mark.req("ORG-08")
def test_people_and_companies_do_not_take_each_others_fields(org, kind):
    named = org.call("POST", "sobjects/Account", json={"RecordTypeId": kind, "Name": "x"})
    nameless = org.call("POST", "sobjects/Account", json={"RecordTypeId": kind})
    company = org.call("POST", "sobjects/Account", json={"Name": "x", "PersonEmail": "a@b.in"})
    empty = org.call("POST", "sobjects/Account", json={"Phone": "1"})

    assert code_of(named) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert (code_of(nameless), nameless.json()[0]["fields"]) == (
        "REQUIRED_FIELD_MISSING",
        ["LastName"],
    )
    assert code_of(company) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert (code_of(empty), empty.json()[0]["fields"]) == ("REQUIRED_FIELD_MISSING", ["Name"])
    assert org.query("SELECT Id FROM Account") == []
    assert org.query("SELECT Id FROM Contact") == []


@pytest.mark.req("ORG-08")
def test_a_lead_without_company_becomes_a_person(org):
    lead = org.create("Lead", FirstName="Asha", LastName="Rao", Email="asha@example.in")
    org.bearer()

    answer = requests.post(
        f"{org.url}/services/Soap/u/67.0",
        data=CONVERT.format(token=org.token, lead=lead),
        headers={"Content-Type": "text/xml", "SOAPAction": '""'},
        timeout=20,
    )

    assert "<success>true</success>" in answer.text
    row = org.query("SELECT Name, IsPersonAccount, PersonEmail, PersonContactId FROM Account")[0]
    assert (row["Name"], row["IsPersonAccount"]) == ("Asha Rao", True)
    assert row["PersonEmail"] == "asha@example.in"
    converted = org.query("SELECT ConvertedContactId FROM Lead")[0]["ConvertedContactId"]
    assert converted == row["PersonContactId"]
    assert len(org.query("SELECT Id FROM Contact")) == 1
