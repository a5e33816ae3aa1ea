"""Rows that a bulk job refuses, in the platform's words, and files that are no CSV."""

import pytest

from tests.crm_sync.localorg.bulk_jobs import close as finish
from tests.crm_sync.localorg.bulk_jobs import ended, opened, put, results
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_many import ingest
from tests.crm_sync.localorg.test_soap import send


def reasons(org, job):
    return [row["sf__Error"] for row in results(org, job, "failedResults")]


@pytest.mark.req("ORG-05")
def test_a_value_of_the_wrong_type_names_its_column(org):
    job, done = ingest(
        org, "Name,NumberOfEmployees\nA,12\nB,many\n", object="Account", operation="insert"
    )

    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    assert reasons(org, job) == [
        "INVALID_FIELD:Failed to deserialize field at col 1. Due to, 'many' is not a valid value "
        "for the type xsd:int:NumberOfEmployees --"
    ]


@pytest.mark.req("ORG-05")
def test_rows_with_the_same_key_are_all_refused(org):
    rows = "Name,Shop_Id__c\nA,twice\nB,twice\nC,once\n"

    job, _done = ingest(org, rows, object="Account")

    text = "DUPLICATE_VALUE:Duplicate external id specified: twice:Shop_Id__c --"
    assert reasons(org, job) == [text, text]
    assert org.query("SELECT Name FROM Account") == [{"Name": "C"}]


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("header", "sobject"),
    [
        ("Account:Account.Shop_Id__c", "Contact"),
        ("Who.Email", "Task"),
        ("Contact:LastName", "Lead"),
    ],
)
def test_only_a_parent_of_several_kinds_is_named_with_its_kind(org, header, sobject):
    job = opened(org, operation="insert", object=sobject)["id"]
    put(org, job, f"{header}\nx\n".encode())
    finish(org, job)

    done = ended(org, job)

    message = f"InvalidBatch : Field name not found : {header}"
    assert (done["state"], done["errorMessage"]) == ("Failed", message)


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ('Name\n"A" ,B\n', "Found unescaped quote. A value with quote should be within a quote"),
        ('Name\n"A\n', "EOF reached before closing an opened quote"),
    ],
)
def test_a_file_that_is_no_csv_comes_back_unprocessed(org, rows, reason):
    job = opened(org, operation="insert")["id"]
    put(org, job, rows.encode())
    finish(org, job)

    done = ended(org, job)

    assert done["state"] == "Failed"
    assert done["errorMessage"] == f"InvalidBatch : Failed to parse CSV. {reason}"
    assert org.call("GET", f"jobs/ingest/{job}/unprocessedrecords").text == rows


@pytest.mark.req("ORG-05")
def test_an_owner_is_named_without_a_kind(org):
    email = org.query("SELECT Email FROM User")[0]["Email"]

    _job, done = ingest(
        org, f"LastName,Company,Owner.Email\nA,B,{email}\n", object="Lead", operation="insert"
    )

    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (1, 0)


@pytest.mark.req("ORG-03")
def test_a_value_of_the_wrong_type_fails_a_soap_call_as_a_whole(org):
    row = "<sObjects><type>Contact</type><LastName>A</LastName>{}</sObjects>"
    rows = row.format("") + row.format("<Birthdate>soon</Birthdate>")

    answer = send(org, "u", f"<create>{rows}</create>")

    assert answer.status_code == 500
    assert "<faultcode>soapenv:Client</faultcode>" in answer.text
    assert "'soon' is not a valid value for the type xsd:date</faultstring>" in answer.text
    assert org.query("SELECT Id FROM Contact") == []


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize("moment", ["2027-02-11 06:01:40", "2027-02-11x", "11.02.2027"])
def test_a_moment_is_written_with_a_t(org, moment):
    answer = org.call(
        "POST", "sobjects/Contact", json={"LastName": "A", "EmailBouncedDate": moment}
    )

    assert (answer.status_code, code_of(answer)) == (400, "JSON_PARSER_ERROR")


@pytest.mark.req("ORG-07")
def test_limits_tell_of_custom_permission_sets(org):
    found = org.call("GET", "limits").json()

    assert found["PermissionSets"]["CreateCustom"] == {"Max": 1000, "Remaining": 1000}
    assert all({"Max", "Remaining"} <= set(each) for each in found.values())
