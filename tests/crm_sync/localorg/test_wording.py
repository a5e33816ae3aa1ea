"""Codes, words and states that clients branch on, as the public tables give them."""

import pytest

from tests.crm_sync.localorg.conftest import code_of

SECURITY = (
    "Please check the security settings of this field and verify that it is read/write for your "
    "profile or permission set."
)
NOWHERE = "001000000000001AAA"
CASES = [
    ("Account", {}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"]),
    (
        "Contact",
        {"LastName": "y" * 81},
        "STRING_TOO_LONG",
        f"Last Name: data value too large: {'y' * 81} (max length=80)",
        ["LastName"],
    ),
    (
        "Account",
        {"Name": "x", "Nope": 1},
        "INVALID_FIELD",
        "No such column 'Nope' on sobject of type Account",
        None,
    ),
    (
        "Account",
        {"Name": "x", "IsDeleted": True},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: IsDeleted. {SECURITY}",
        ["IsDeleted"],
    ),
    (
        "Account",
        {"Name": "x", "ParentId": NOWHERE},
        "INVALID_CROSS_REFERENCE_KEY",
        "invalid cross reference id",
        [],
    ),
    (
        "Account",
        {"Name": "x", "ParentId": "003000000000001AAA"},
        "MALFORMED_ID",
        "Parent Account ID: id value of incorrect type: 003000000000001AAA",
        ["ParentId"],
    ),
    (
        "Contact",
        {"LastName": "x", "Email": "bad"},
        "INVALID_EMAIL_ADDRESS",
        "Email: invalid email address: bad",
        ["Email"],
    ),
    (
        "Contact",
        {"LastName": "x", "Account": {"Shop_Id__c": "none"}},
        "INVALID_FIELD",
        "Foreign key external ID: none not found for field Shop_Id__c in entity Account",
        [],
    ),
    (
        "Account",
        {"Name": "x", "NumberOfEmployees": "abc"},
        "JSON_PARSER_ERROR",
        "Cannot deserialize instance of int from VALUE_STRING value abc or request may be missing "
        "a required field at [line:1, column:1]",
        None,
    ),
]


@pytest.mark.parametrize(("sobject", "body", "code", "message", "fields"), CASES)
@pytest.mark.req("ORG-08", "ORG-03")
def test_a_refused_record_says_why_in_the_platforms_words(
    org, sobject, body, code, message, fields
):
    answer = org.call("POST", f"sobjects/{sobject}", json=body)

    wanted = {"message": message, "errorCode": code}
    if fields is not None:
        wanted["fields"] = fields
    assert (answer.status_code, answer.json()) == (400, [wanted])
    assert org.query(f"SELECT Id FROM {sobject}") == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "sobjects/Nope", 404, "NOT_FOUND"),
        ("GET", "nowhere", 404, "NOT_FOUND"),
        ("GET", f"sobjects/Account/{NOWHERE}", 404, "NOT_FOUND"),
        ("PATCH", f"sobjects/Account/{NOWHERE}", 404, "INVALID_CROSS_REFERENCE_KEY"),
        ("DELETE", f"sobjects/Account/{NOWHERE}", 404, "INVALID_CROSS_REFERENCE_KEY"),
        ("GET", "sobjects/Account/bad", 404, "NOT_FOUND"),
        ("PUT", "sobjects/Account", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "sobjects/Account/Shop_Id__c/none", 404, "NOT_FOUND"),
        ("PATCH", "sobjects/Account/Site/x", 404, "NOT_FOUND"),
        ("GET", "query/0r8000000000001AAA-2000", 400, "INVALID_QUERY_LOCATOR"),
        ("GET", "jobs/ingest/750000000000001AAA", 404, "NOT_FOUND"),
        (
            "GET",
            "sobjects/Account/updated/?start=2026-11-21T10:00:00Z&end=2026-11-21T09:00:00Z",
            400,
            "INVALID_REPLICATION_DATE",
        ),
    ],
)
@pytest.mark.req("ORG-03")
def test_addresses_that_lead_nowhere_have_their_state_and_code(org, method, path, status, code):
    answer = org.call(method, path, json={"Site": "x"} if method == "PATCH" else None)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert answer.headers["Sforce-Limit-Info"].startswith("api-usage=")


@pytest.mark.req("ORG-03")
def test_a_form_is_no_json(org):
    refused = org.call("POST", "sobjects/Account", data={"Name": "x"})

    assert refused.status_code == 415
    assert refused.json() == [
        {
            "message": "MediaType of 'application/x-www-form-urlencoded' is not supported by this "
            "resource",
            "errorCode": "UNSUPPORTED_MEDIA_TYPE",
        }
    ]
    assert org.query("SELECT Id FROM Account") == []
