"""Addresses of rows: by relationship, by external id, without an id, many at once."""

import pytest
import requests

from tests.crm_sync.localorg.conftest import code_of

ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK"


def row(kind, **values):
    return {"attributes": {"type": kind}, **values}


@pytest.fixture
def family(org):
    parent = org.create("Account", Name="Parent", Shop_Id__c="p")
    account = org.create("Account", Name="Acme", ParentId=parent, Shop_Id__c="a")
    contact = org.create("Contact", LastName="Rao", AccountId=account)
    return parent, account, contact


@pytest.mark.req("ORG-03")
def test_relationships_are_followed_step_by_step(org, family):
    parent, account, contact = family
    org.create("Contact", LastName="Sen", AccountId=account)

    up = org.call("GET", f"sobjects/Contact/{contact}/Account/Parent?fields=Name")
    down = org.call("GET", f"sobjects/Contact/{contact}/Account/Contacts?fields=LastName")

    url = f"/services/data/v67.0/sobjects/Account/{parent}"
    assert up.json() == {"attributes": {"type": "Account", "url": url}, "Name": "Parent"}
    assert (down.json()["done"], down.json()["totalSize"]) == (True, 2)
    assert {each["LastName"] for each in down.json()["records"]} == {"Rao", "Sen"}


@pytest.mark.req("ORG-03")
def test_a_single_relationship_can_be_changed_and_deleted(org, family):
    contact = family[2]

    changed = org.call("PATCH", f"sobjects/Contact/{contact}/Account", json={"Phone": "123"})
    removed = org.call("DELETE", f"sobjects/Contact/{contact}/Account/Parent")

    assert (changed.status_code, removed.status_code) == (204, 204)
    assert org.query("SELECT Name, Phone FROM Account") == [
        {**org.query("SELECT Name, Phone FROM Account")[0], "Name": "Acme", "Phone": "123"}
    ]


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize(
    "path", ["Account/Parent/Parent", "Account/Owner/Nothing", "Contacts/Account"]
)
def test_a_way_that_leads_nowhere_is_not_found(org, family, path):
    answer = org.call("GET", f"sobjects/Contact/{family[2]}/{path}")

    assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")


@pytest.mark.req("ORG-03")
def test_named_fields_of_a_row_come_with_its_id(org, family):
    answer = org.call("GET", f"sobjects/Account/{family[1]}?fields=Name,BillingPostalCode")

    assert list(answer.json()) == ["attributes", "Name", "BillingPostalCode", "Id"]


@pytest.mark.req("ORG-03")
def test_a_record_is_made_at_the_address_of_ids(org):
    answer = org.call("POST", "sobjects/Account/Id", json={"Name": "California Wheat Corporation"})

    assert answer.status_code == 201
    assert answer.json() == {
        "id": org.query("SELECT Id FROM Account")[0]["Id"],
        "success": True,
        "errors": [],
        "created": True,
    }


@pytest.mark.req("ORG-04")
def test_what_is_rolled_back_keeps_the_id_it_had(org, family):
    _parent, account, _contact = family
    records = [row("Account", id=account, Name="New"), row("Contact", id="001xx000003DGb2999")]

    answer = org.call("PATCH", "composite/sobjects", json={"allOrNone": True, "records": records})

    first, second = answer.json()
    assert (first["id"], first["success"]) == (account, False)
    assert first["errors"][0]["statusCode"] == ROLLED_BACK
    assert second == {
        "success": False,
        "errors": [
            {
                "statusCode": "MALFORMED_ID",
                "message": "Contact ID: id value of incorrect type: 001xx000003DGb2999",
                "fields": ["Id"],
            }
        ],
    }
    assert org.query(f"SELECT Name FROM Account WHERE Id = '{account}'")[0]["Name"] == "Acme"


@pytest.mark.req("ORG-04")
def test_a_collection_delete_names_a_malformed_id(org, family):
    path = f"composite/sobjects?ids={family[2]},001RM000003oLrB000&allOrNone=true"

    kept, malformed = org.call("DELETE", path).json()

    assert (kept["id"], kept["errors"][0]["statusCode"]) == (family[2], ROLLED_BACK)
    assert malformed["errors"] == [
        {"statusCode": "MALFORMED_ID", "message": "malformed id 001RM000003oLrB000", "fields": []}
    ]


@pytest.mark.req("ORG-04")
def test_what_is_not_there_is_read_as_null_and_a_malformed_id_is_refused(org, family):
    path, fields = "composite/sobjects/Account", ["name"]
    wanted = {"ids": [family[1], "001000000000001AAA"], "fields": fields}
    malformed = {"ids": [family[1], "003DEMOCONTACT0001"], "fields": fields}

    found = org.call("POST", path, json=wanted).json()
    refused = org.call("POST", path, json=malformed)

    assert [each and each["Name"] for each in found] == ["Acme", None]
    assert (refused.status_code, code_of(refused)) == (400, "MALFORMED_ID")


@pytest.mark.req("ORG-04")
def test_every_record_with_an_external_id_that_comes_twice_is_refused(org, family):
    records = [row("Account", Shop_Id__c=key, Name="New") for key in ("q", "a", "q")]

    answer = org.call("PATCH", "composite/sobjects/Account/Shop_Id__c", json={"records": records})

    assert [each["success"] for each in answer.json()] == [False, True, False]
    assert answer.json()[0]["errors"] == [
        {
            "statusCode": "DUPLICATE_VALUE",
            "message": "Duplicate external id specified: q",
            "fields": ["Shop_Id__c"],
        }
    ]
    assert org.query("SELECT Id FROM Account WHERE Shop_Id__c = 'q'") == []


@pytest.mark.req("ORG-04")
def test_too_many_records_are_refused_in_the_platforms_words(org):
    records = [row("Account", Name="A")] * 201

    answer = org.call("POST", "composite/sobjects", json={"records": records})

    text = "record limit reached. cannot submit more than 200 records into this call"
    assert answer.json() == [{"message": text, "errorCode": "EXCEEDED_ID_LIMIT"}]


@pytest.mark.req("ORG-03")
def test_a_change_under_the_present_mark_or_an_unreadable_date_is_refused(org, family):
    path = f"sobjects/Account/{family[1]}"
    mark = org.call("GET", path).headers["ETag"]
    conditions = ({"If-None-Match": mark}, {"If-Unmodified-Since": "yesterday"})

    answers = [
        requests.patch(
            f"{org.url}/services/data/v67.0/{path}",
            json={"Name": "New"},
            headers={**org.bearer(), **each},
            timeout=30,
        )
        for each in conditions
    ]

    assert [each.status_code for each in answers] == [412, 400]
    assert org.query("SELECT Name FROM Account WHERE Shop_Id__c = 'a'")[0]["Name"] == "Acme"


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize("path", ["sobjects", "sobjects/Account/describe"])
def test_a_description_is_not_given_once_the_schema_changed(org, path):
    def status(moment):
        headers = {**org.bearer(), "If-Unmodified-Since": moment}
        return requests.get(
            f"{org.url}/services/data/v67.0/{path}", headers=headers, timeout=30
        ).status_code

    assert status("Fri, 31 May 2024 18:13:37 GMT") == 412
    assert status("Tue, 31 May 2095 18:13:37 GMT") == 200


@pytest.mark.req("ORG-02")
def test_versions_carry_the_names_of_their_releases(org):
    found = requests.get(f"{org.url}/services/data", timeout=30).json()

    named = {each["version"]: each["label"] for each in found}
    assert named["31.0"] == "Summer '14"
    assert named["41.0"] == "Winter '18"
    assert named["65.0"] == "Winter '26"
    assert named["66.0"] == "Spring '26"
    assert named["67.0"] == "Summer '26"
    assert named["68.0"] == "Winter '27"


@pytest.mark.req("ORG-08")
def test_a_call_without_a_body_is_told_so(org):
    answer = org.call("POST", "sobjects/Account")

    assert answer.json() == [
        {
            "message": "The HTTP entity body is required, but this request has no entity body.",
            "errorCode": "JSON_PARSER_ERROR",
        }
    ]
