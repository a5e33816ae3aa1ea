"""Single records: writing, reading, keys, the recycle bin."""

import pytest
import requests

from tests.crm_sync.localorg.conftest import code_of


@pytest.mark.req("ORG-03")
def test_upsert_creates_with_201_and_then_changes_with_200(org):
    path = "sobjects/Account/Shop_Id__c/main-acct-1"

    created = org.call("PATCH", path, json={"Name": "Acme"})
    changed = org.call("PATCH", path, json={"Name": "Acme Ltd"})

    assert created.status_code == 201
    assert created.json()["created"] is True
    assert changed.status_code == 200
    assert changed.json() == {
        "id": created.json()["id"],
        "success": True,
        "errors": [],
        "created": False,
    }
    assert org.query("SELECT Name FROM Account") == [{"Name": "Acme Ltd"}]


@pytest.mark.req("ORG-03")
def test_upsert_refuses_its_key_in_the_body(org):
    body = {"Name": "Acme", "Shop_Id__c": "main-acct-1"}

    answer = org.call("PATCH", "sobjects/Account/Shop_Id__c/main-acct-1", json=body)

    assert (answer.status_code, code_of(answer)) == (400, "INVALID_FIELD")
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-03")
def test_a_key_that_several_records_carry_answers_300_and_writes_nothing(org):
    for name in ("One", "Two"):
        org.call("POST", "sobjects/Contact", json={"LastName": name, "Email": "a@b.co"})

    answer = org.call("PATCH", "sobjects/Contact/Email/a@b.co", json={"LastName": "Three"})

    assert answer.status_code == 300
    assert [url.rpartition("/")[0] for url in answer.json()] == [
        "/services/data/v67.0/sobjects/Contact"
    ] * 2
    names = {row["LastName"] for row in org.query("SELECT LastName FROM Contact")}
    assert names == {"One", "Two"}


@pytest.mark.req("ORG-03")
def test_a_parent_is_found_by_its_external_id_or_the_record_is_refused(org):
    org.call("PATCH", "sobjects/Account/Shop_Id__c/main-acct-1", json={"Name": "Acme"})
    path = "sobjects/Contact/Shop_Id__c/main-cust-1"

    good = org.call(
        "PATCH", path, json={"LastName": "Rao", "Account": {"Shop_Id__c": "main-acct-1"}}
    )
    bad = org.call("PATCH", path, json={"Account": {"Shop_Id__c": "main-acct-9"}})

    assert good.status_code == 201
    assert bad.json() == [
        {
            "message": "Foreign key external ID: main-acct-9 not found for field Shop_Id__c "
            "in entity Account",
            "errorCode": "INVALID_FIELD",
            "fields": [],
        }
    ]
    assert org.query("SELECT Account.Name FROM Contact")[0]["Account"]["Name"] == "Acme"


@pytest.mark.parametrize(
    ("name", "body", "code", "fields"),
    [
        ("Account", {}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ("Contact", {"FirstName": "A"}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ("Account", {"Name": "x" * 256}, "STRING_TOO_LONG", ["Name"]),
        ("Account", {"Name": "A", "Nope__c": 1}, "INVALID_FIELD", None),
        ("Account", {"Name": "A", "CreatedDate": "2020-01-01T00:00:00Z"},
         "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
        ("Contact", {"LastName": "A", "Email": "nonsense"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ("Contact", {"LastName": "A", "AccountId": "nonsense"}, "MALFORMED_ID", ["AccountId"]),
        ("Contact", {"LastName": "A", "AccountId": "001000000000000AAA"},
         "INVALID_CROSS_REFERENCE_KEY", []),
        ("Case", {"Shop_Case_Kind__c": "Party"},
         "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Shop_Case_Kind__c"]),
        ("Account", {"Name": "A", "Shop_Lifetime_Value__c": 10**17},
         "NUMBER_OUTSIDE_VALID_RANGE", ["Shop_Lifetime_Value__c"]),
        ("Account", {"Name": "A", "Shop_Lifetime_Value__c": {}}, "JSON_PARSER_ERROR", None),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03", "ORG-08")
def test_a_record_that_breaks_a_rule_is_refused_with_code_and_field(org, name, body, code, fields):
    answer = org.call("POST", f"sobjects/{name}", json=body)

    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    assert answer.json()[0].get("fields") == fields
    assert org.query(f"SELECT Id FROM {name}") == []


@pytest.mark.req("ORG-08")
def test_an_external_id_belongs_to_one_live_record(org):
    first = org.call("POST", "sobjects/Account", json={"Name": "A", "Shop_Id__c": "k"}).json()["id"]

    second = org.call("POST", "sobjects/Account", json={"Name": "B", "Shop_Id__c": "k"})

    assert code_of(second) == "DUPLICATE_VALUE"
    assert first in second.json()[0]["message"]
    org.call("DELETE", f"sobjects/Account/{first}")
    assert org.call("POST", "sobjects/Account", json={"Name": "B", "Shop_Id__c": "k"}).ok


@pytest.mark.req("ORG-08")
def test_a_deleted_record_is_hidden_but_in_the_recycle_bin(org):
    record = org.call("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]

    assert org.call("DELETE", f"sobjects/Account/{record}").status_code == 204

    again = org.call("PATCH", f"sobjects/Account/{record}", json={"Name": "B"})
    assert (again.status_code, code_of(again)) == (404, "ENTITY_IS_DELETED")
    assert org.query("SELECT Id FROM Account") == []
    everything = org.call("GET", "queryAll", params={"q": "SELECT Id, IsDeleted FROM Account"})
    assert everything.json()["records"][0]["IsDeleted"] is True


def test_deleting_an_account_takes_its_contacts_along(org):
    account = org.call("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]
    org.call("POST", "sobjects/Contact", json={"LastName": "C", "AccountId": account})

    org.call("DELETE", f"sobjects/Account/{account}")

    assert org.query("SELECT Id FROM Contact") == []


@pytest.mark.req("ORG-03")
def test_ids_are_taken_short_and_given_long(org):
    record = org.call("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]

    answer = org.call("GET", f"sobjects/Account/{record[:15]}", params={"fields": "Name"})

    assert len(record) == 18
    assert answer.json()["Name"] == "A"
    assert org.query(f"SELECT Id FROM Account WHERE Id = '{record[:15]}'") == [{"Id": record}]


def test_a_record_is_sent_again_only_when_it_changed(org):
    record = org.call("POST", "sobjects/Account", json={"Name": "A"}).json()["id"]
    url = f"{org.url}/services/data/v67.0/sobjects/Account/{record}"
    future = "Fri, 01 Jan 2100 00:00:00 GMT"

    same = requests.get(url, headers={**org.bearer(), "If-Modified-Since": future}, timeout=10)
    past = {"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
    clash = requests.patch(url, headers={**org.bearer(), **past}, json={"Name": "B"}, timeout=10)

    assert same.status_code == 304
    assert clash.status_code == 412


@pytest.mark.req("ORG-03")
def test_addresses_may_end_with_a_slash(org):
    answer = org.call("POST", "sobjects/Account/", json={"Name": "A"})

    assert answer.status_code == 201
    assert org.call("GET", "limits/").status_code == 200


@pytest.mark.parametrize(
    ("version", "status"),
    [("v20.0", 410), ("v30.0", 410), ("v51.0", 200), ("v68.0", 200), ("v99.0", 404)],
)
@pytest.mark.req("ORG-01")
def test_versions_are_retired_known_or_unknown(org, version, status):
    url = f"{org.url}/services/data/{version}/limits"

    assert requests.get(url, headers=org.bearer(), timeout=10).status_code == status


@pytest.mark.req("ORG-12")
def test_describe_knows_the_fields_of_the_project(org):
    described = org.call("GET", "sobjects/Order/describe").json()

    field = next(each for each in described["fields"] if each["name"] == "Shop_Id__c")
    assert (field["length"], field["unique"], field["externalId"]) == (64, True, True)
    assert field["caseSensitive"] is True
    kinds = {each["developerName"] for each in described["recordTypeInfos"]}
    assert kinds == {"Normal_Order", "Bulk_Order", "Return_Order", "Master"}
    assert {"relationshipName": "OrderItems", "childSObject": "OrderItem"}.items() <= next(
        each for each in described["childRelationships"] if each["childSObject"] == "OrderItem"
    ).items()


@pytest.mark.req("ORG-03")
def test_records_are_counted_for_all_objects_or_the_named_ones(org):
    gone = org.create("Account", Name="A")
    org.create("Account", Name="B")
    org.call("DELETE", f"sobjects/Account/{gone}")

    named = org.call("GET", "limits/recordCount", params={"sObjects": "Account,Contact"}).json()
    whole = org.call("GET", "limits/recordCount").json()

    counts = [{"count": 1, "name": "Account"}, {"count": 0, "name": "Contact"}]
    assert sorted(named["sObjects"], key=lambda each: each["name"]) == counts
    assert {"Account", "Cart__c"} <= {each["name"] for each in whole["sObjects"]}


@pytest.mark.req("ORG-03")
def test_passwords_of_unknown_users_are_not_found(org):
    path = "sobjects/User/005000000000000AAA/password"

    answer = org.call("POST", path, json={"NewPassword": "long-enough-1"})

    assert answer.status_code == 404
    assert org.call("GET", path).status_code == 404


@pytest.mark.req("ORG-03")
def test_a_new_record_may_carry_an_id_that_is_null_but_no_other(org):
    made = org.call("POST", "sobjects/Account", json={"Id": None, "Name": "New"})
    refused = org.call("POST", "sobjects/Account", json={"Id": made.json()["id"], "Name": "Old"})

    assert made.status_code == 201
    assert (refused.status_code, code_of(refused)) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert org.query("SELECT Name FROM Account") == [{"Name": "New"}]
