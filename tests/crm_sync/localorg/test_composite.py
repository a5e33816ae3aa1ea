"""Many records or many requests in one call."""

import pytest


def accounts(*names):
    return [
        {"attributes": {"type": "Account"}, "Name": name, "Shop_Id__c": f"main-acct-{name}"}
        for name in names
    ]


def codes(answer):
    return [item["errors"][0]["statusCode"] if item["errors"] else "" for item in answer.json()]


@pytest.mark.req("ORG-04")
def test_a_collection_keeps_the_good_and_names_the_bad(org):
    records = [*accounts("A", "B"), {"attributes": {"type": "Account"}, "Name": "x" * 300}]

    answer = org.call("POST", "composite/sobjects", json={"records": records})

    assert codes(answer) == ["", "", "STRING_TOO_LONG"]
    assert org.query("SELECT COUNT(Id) n FROM Account")[0]["n"] == 2


@pytest.mark.req("ORG-04")
def test_all_or_none_keeps_nothing(org):
    records = [*accounts("A"), {"attributes": {"type": "Account"}}]

    answer = org.call("POST", "composite/sobjects", json={"records": records, "allOrNone": True})

    assert codes(answer) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-04")
def test_a_collection_upsert_says_what_it_created(org):
    path = "composite/sobjects/Account/Shop_Id__c"
    org.call("PATCH", path, json={"records": accounts("A"), "allOrNone": None})

    answer = org.call("PATCH", path, json={"records": accounts("A", "B")})

    assert [item["created"] for item in answer.json()] == [False, True]


@pytest.mark.req("ORG-04")
def test_a_collection_has_at_most_200_records_in_ten_runs(org):
    many = org.call("POST", "composite/sobjects", json={"records": accounts(*map(str, range(201)))})
    mixed = [
        {"attributes": {"type": kind}, "Name": "A", "LastName": "A"}
        for _ in range(6)
        for kind in ("Account", "Contact")
    ]
    runs = org.call("POST", "composite/sobjects", json={"records": mixed})

    assert many.status_code == runs.status_code == 400
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-04")
def test_a_composite_uses_earlier_answers(org):
    body = {
        "compositeRequest": [
            {
                "method": "POST",
                "url": "/services/data/v67.0/sobjects/Account",
                "referenceId": "account",
                "body": {"Name": "Acme"},
            },
            {
                "method": "POST",
                "url": "/services/data/v67.0/sobjects/Contact",
                "referenceId": "contact",
                "body": {"LastName": "Rao", "AccountId": "@{account.id}"},
            },
            {
                "method": "GET",
                "url": "/services/data/v67.0/query?q=SELECT+Account.Name+FROM+Contact"
                "+WHERE+Id='@{contact.id}'",
                "referenceId": "read",
            },
        ]
    }

    answer = org.call("POST", "composite", json=body).json()["compositeResponse"]

    assert [each["httpStatusCode"] for each in answer] == [201, 201, 200]
    assert answer[2]["body"]["records"][0]["Account"]["Name"] == "Acme"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.req("ORG-04")
def test_a_composite_that_fails_is_undone_only_when_it_must_hold_together(org, together):
    url = "/services/data/v67.0/sobjects/Account"
    body = {
        "allOrNone": together,
        "compositeRequest": [
            {"method": "POST", "url": url, "referenceId": "good", "body": {"Name": "A"}},
            {"method": "POST", "url": url, "referenceId": "bad", "body": {}},
        ],
    }

    answer = org.call("POST", "composite", json=body)

    first, second = answer.json()["compositeResponse"]
    assert answer.status_code == 200
    assert second["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    if together:
        assert (first["httpStatusCode"], first["body"][0]["errorCode"]) == (
            400,
            "PROCESSING_HALTED",
        )
    else:
        assert first["httpStatusCode"] == 201
    assert len(org.query("SELECT Id FROM Account")) == (0 if together else 1)


@pytest.mark.req("ORG-04", "ORG-07")
def test_a_batch_runs_apart_and_counts_each_request(org):
    before = org.stats()["requests"]
    requests = [{"method": "GET", "url": f"v67.0/{name}"} for name in ("limits", "nowhere")]

    answer = org.call("POST", "composite/batch", json={"batchRequests": requests})

    assert answer.json()["hasErrors"] is True
    assert [each["statusCode"] for each in answer.json()["results"]] == [200, 404]
    assert answer.headers["Sforce-Limit-Info"].startswith("api-usage=2/")
    assert org.stats()["requests"] == before + 2


@pytest.mark.req("ORG-04")
def test_a_refused_upsert_says_whether_it_would_have_created(org):
    org.create("Account", Name="Old", Shop_Id__c="k1")
    records = [
        {"attributes": {"type": "Account"}, "Shop_Id__c": key, "Name": "x", "OwnerId": "nobody"}
        for key in ("k1", "k2")
    ]

    answer = org.call(
        "PATCH",
        "composite/sobjects/Account/Shop_Id__c",
        json={"allOrNone": False, "records": records},
    ).json()

    assert [(row["success"], row["created"]) for row in answer] == [(False, False), (False, True)]
    assert answer[1]["errors"][0]["statusCode"] == "MALFORMED_ID"
