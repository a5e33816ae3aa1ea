"""The Tooling API: metadata as records."""

import base64

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_quick_actions import got

SOURCE = "public class Greeter { }"


def asked(org, text, path="tooling/query"):
    return org.call("GET", path, params={"q": text})


def rows(org, text, path="tooling/query"):
    answer = asked(org, text, path)
    assert answer.status_code == 200, answer.text
    return [
        {key: each for key, each in row.items() if key != "attributes"}
        for row in answer.json()["records"]
    ]


def made(org, name, **values):
    answer = org.call("POST", f"tooling/sobjects/{name}", json=values)
    assert answer.status_code == 201, answer.text
    assert answer.json()["warnings"] == answer.json()["infos"] == []
    return answer.json()["id"]


@pytest.mark.req("ORG-05")
def test_code_is_kept_as_a_record_found_changed_and_deleted(org):
    class_id = made(org, "ApexClass", Name="Greeter", Body=SOURCE, ApiVersion=67.0)
    twice = org.call("POST", "tooling/sobjects/ApexClass", json={"Name": "Greeter", "Body": "x"})
    empty = org.call("POST", "tooling/sobjects/ApexClass", json={"Name": "Other"})

    text = "SELECT Id, Name, Body, ApiVersion, Status, LengthWithoutComments FROM ApexClass"
    known = {"Id": class_id, "Name": "Greeter", "ApiVersion": 67.0, "Status": "Active"}
    assert rows(org, text) == [{**known, "Body": SOURCE, "LengthWithoutComments": len(SOURCE)}]
    assert rows(org, "SELECT Name FROM ApexClass", "query") == [{"Name": "Greeter"}]
    assert (code_of(twice), code_of(empty)) == ("DUPLICATE_VALUE", "REQUIRED_FIELD_MISSING")
    place = f"tooling/sobjects/ApexClass/{class_id}"
    assert org.call("PATCH", place, json={"Body": "public class Greeter {}"}).status_code == 204
    assert got(org, place)["Body"] == "public class Greeter {}"
    assert org.call("DELETE", place).status_code == 204
    assert rows(org, "SELECT Id FROM ApexClass") == []
    assert code_of(org.call("GET", place)) == "NOT_FOUND"


@pytest.mark.req("ORG-05")
def test_a_field_made_as_a_record_can_be_used_at_once(org):
    kind = {"type": "Text", "length": 40, "label": "Nick name"}
    field_id = made(org, "CustomField", FullName="Account.Nick__c", Metadata=kind)
    account = org.create("Account", Name="A", Nick__c="Al")

    text = "SELECT Id, TableEnumOrId, FullName, Metadata FROM CustomField WHERE DeveloperName = "
    found = rows(org, f"{text}'Nick'")
    several = asked(org, "SELECT Id, FullName FROM CustomField")
    place = f"tooling/sobjects/CustomField/{field_id}"
    longer = {"Metadata": {**kind, "length": 50}}

    expected = {"Id": field_id, "TableEnumOrId": "Account", "FullName": "Account.Nick__c"}
    assert found == [{**expected, "Metadata": kind}]
    assert several.json()[0]["message"].startswith("When retrieving results with Metadata or")
    assert org.query("SELECT Nick__c FROM Account") == [{"Nick__c": "Al"}]
    assert org.call("PATCH", place, json=longer).status_code == 204
    assert got(org, place)["Metadata"]["length"] == 50
    assert org.call("DELETE", place).status_code == 204
    assert rows(org, f"{text}'Nick'") == []
    assert "Nick__c" not in got(org, f"sobjects/Account/{account}")


@pytest.mark.req("ORG-05")
def test_a_validation_rule_made_as_a_record_takes_effect(org):
    rule = {"active": True, "errorConditionFormula": "Name = 'No'", "errorMessage": "Not so."}
    made(org, "ValidationRule", FullName="Account.Not_No", Metadata=rule)

    refused = org.call("POST", "sobjects/Account", json={"Name": "No"})
    broken = {**rule, "errorConditionFormula": "Nothing__c = 1"}
    sent = {"FullName": "Account.Broken", "Metadata": broken}
    wrong = org.call("POST", "tooling/sobjects/ValidationRule", json=sent)

    assert refused.json()[0]["message"] == "Not so."
    assert code_of(wrong) == "FIELD_INTEGRITY_EXCEPTION"
    text = "SELECT ValidationName, Active FROM ValidationRule WHERE EntityDefinitionId = 'Account'"
    assert rows(org, text) == [{"ValidationName": "Not_No", "Active": True}]


@pytest.mark.req("ORG-05")
def test_a_static_resource_comes_back_as_it_was(org):
    facts = {"Name": "Zip", "ContentType": "application/zip", "CacheControl": "Private"}
    content = bytes(range(256)) * 3

    found = made(org, "StaticResource", **facts, Body=base64.b64encode(content).decode())
    record = got(org, f"tooling/sobjects/StaticResource/{found}")

    place = f"/services/data/v67.0/tooling/sobjects/StaticResource/{found}/Body"
    assert (record["Body"], record["BodyLength"]) == (place, len(content))
    assert org.call("GET", record["Body"].partition("v67.0/")[2]).content == content
    wrong = org.call("POST", "tooling/sobjects/StaticResource", json={"Name": "B", "Body": ""})
    assert code_of(wrong) == "REQUIRED_FIELD_MISSING"


@pytest.mark.req("ORG-05")
def test_objects_and_fields_are_told_as_records(org):
    entity = "SELECT QualifiedApiName, KeyPrefix, Label FROM EntityDefinition WHERE DurableId = "
    fields = (
        "SELECT QualifiedApiName, DataType, EntityDefinition.QualifiedApiName FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = 'Contact' AND QualifiedApiName IN "
        "('AccountId', 'LastName') ORDER BY QualifiedApiName"
    )

    named = {"QualifiedApiName": "Account", "KeyPrefix": "001", "Label": "Account"}
    assert rows(org, f"{entity}'Account'") == [named]
    assert rows(org, f"{entity}'Account'", "query") == [named]
    assert [(each["QualifiedApiName"], each["DataType"]) for each in rows(org, fields)] == [
        ("AccountId", "Lookup(Account)"),
        ("LastName", "Text(80)"),
    ]
    refused = asked(org, "SELECT QualifiedApiName FROM FieldDefinition")
    assert refused.json()[0]["message"] == (
        "FieldDefinition: a filter on a reified column is required [EntityDefinitionId,DurableId]"
    )


@pytest.mark.req("ORG-05")
def test_the_tooling_objects_are_described_apart_from_the_data(org):
    everything = {each["name"] for each in got(org, "tooling/sobjects")["sobjects"]}
    described = got(org, "tooling/sobjects/ApexClass/describe")
    answer = asked(org, "SELECT Id FROM ApexClass").json()

    assert {"ApexClass", "CustomField", "DebugLevel", "User"} <= everything
    assert "Account" not in everything
    assert "DebugLevel" not in {each["name"] for each in got(org, "sobjects")["sobjects"]}
    assert (described["keyPrefix"], described["label"]) == ("01p", "Apex Class")
    assert described["urls"]["sobject"] == "/services/data/v67.0/tooling/sobjects/ApexClass"
    assert (answer["size"], answer["entityTypeName"]) == (0, "ApexClass")
    assert code_of(asked(org, "SELECT Id FROM Account")) == "INVALID_TYPE"
    assert code_of(asked(org, "SELECT Id FROM DebugLevel", "query")) == "INVALID_TYPE"
    assert got(org, "tooling")["sobjects"] == "/services/data/v67.0/tooling/sobjects"


@pytest.mark.req("ORG-05")
def test_debug_levels_are_plain_records_that_leave_nothing_behind(org):
    level = made(org, "DebugLevel", DeveloperName="Fine", MasterLabel="Fine", ApexCode="ERROR")
    place = f"tooling/sobjects/DebugLevel/{level}"

    assert org.call("PATCH", place, json={"ApexCode": "WARN"}).status_code == 204
    assert got(org, place)["ApexCode"] == "WARN"
    flag = made(org, "TraceFlag", DebugLevelId=level, LogType="USER_DEBUG")
    found = rows(org, "SELECT Id, DebugLevel.DeveloperName FROM TraceFlag")
    assert found[0]["Id"] == flag
    assert found[0]["DebugLevel"]["DeveloperName"] == "Fine"
    assert org.call("DELETE", f"tooling/sobjects/TraceFlag/{flag}").status_code == 204
    assert org.call("DELETE", place).status_code == 204
    assert code_of(org.call("GET", place)) == "NOT_FOUND"
