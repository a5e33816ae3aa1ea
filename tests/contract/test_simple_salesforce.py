"""simple-salesforce, all its modules."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from simple_salesforce import SFType
from simple_salesforce.bulk2 import Operation
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql
from simple_salesforce.login import SalesforceLogin

pytestmark = [pytest.mark.contract, pytest.mark.req("ORG-01")]


def test_records_are_created_read_changed_and_deleted(client):
    record = client.Account.create({"Name": "Acme"})["id"]

    assert client.Account.get(record)["Name"] == "Acme"
    assert client.Account.update(record, {"Name": "Acme Ltd"}) == 204
    assert client.query("SELECT Name FROM Account")["records"][0]["Name"] == "Acme Ltd"
    assert client.Account.delete(record) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(record)


def test_upsert_and_lookup_by_external_id(client):
    assert client.Account.upsert("Shop_Id__c/main-acct-1", {"Name": "A"}) == 201
    assert client.Account.upsert("Shop_Id__c/main-acct-1", {"Name": "B"}) == 200

    assert client.Account.get_by_custom_id("Shop_Id__c", "main-acct-1")["Name"] == "B"


def test_failures_become_the_clients_own_exceptions(client, org):
    for _ in range(2):
        client.Contact.create({"LastName": "A", "Email": "a@b.co"})

    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Account.create({})
    with pytest.raises(SalesforceMoreThanOneRecord):
        client.Contact.upsert("Email/a@b.co", {"LastName": "B"})
    org.faults({"kind": "quota", "count": 1})
    with pytest.raises(SalesforceRefusedRequest):
        client.query("SELECT Id FROM Account")
    org.faults({"kind": "expire_token", "count": 1})
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Account")

    assert refused.value.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"


def test_long_results_are_read_to_the_end(client):
    rows = [{"Name": f"A{number}"} for number in range(2100)]
    client.bulk2.Account.insert(records=rows, wait=0.2)

    assert client.query("SELECT Id FROM Account")["totalSize"] == 2100
    assert len(client.query_all("SELECT Id FROM Account")["records"]) == 2100
    assert sum(1 for _ in client.query_all_iter("SELECT Id FROM Account")) == 2100


def test_statements_are_escaped_by_the_client(client):
    name = 'O\'Neil \\ "Sons" 100%\n'
    client.Account.create({"Name": name.strip()})

    found = client.query(format_soql("SELECT Name FROM Account WHERE Name = {}", name.strip()))

    assert [row["Name"] for row in found["records"]] == [name.strip()]


def test_describe_limits_search_and_plain_requests(client):
    client.Account.create({"Name": "Wheelworks"})

    assert client.describe()["maxBatchSize"] == 200
    assert client.Order.describe()["keyPrefix"] == "801"
    assert client.Order.metadata()["objectDescribe"]["name"] == "Order"
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000
    found = client.search("FIND {wheel*} IN NAME FIELDS RETURNING Account(Id, Name)")
    assert [row["Name"] for row in found["searchRecords"]] == ["Wheelworks"]
    assert client.quick_search("Wheelworks")["searchRecords"] != []
    body = {
        "compositeRequest": [
            {"method": "GET", "url": "/services/data/v67.0/limits", "referenceId": "l"}
        ]
    }
    answer = client.restful("composite", method="POST", json=body)
    assert answer["compositeResponse"][0]["httpStatusCode"] == 200
    assert client.is_sandbox() is False


def test_changes_of_a_span_are_listed(client):
    kept = client.Account.create({"Name": "A"})["id"]
    gone = client.Account.create({"Name": "B"})["id"]
    client.Account.delete(gone)
    start, end = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(minutes=2)

    assert client.Account.updated(start, end)["ids"] == [kept]
    assert [row["id"] for row in client.Account.deleted(start, end)["deletedRecords"]] == [gone]


@pytest.mark.req("ORG-05")
def test_bulk_upsert_reports_every_row(client):
    rows = [{"Shop_Id__c": f"k{number}", "Name": f"A{number}"} for number in range(250)]
    rows.append({"Shop_Id__c": "k250", "Name": "x" * 300})

    report = client.bulk2.Account.upsert(records=rows, external_id_field="Shop_Id__c", wait=0.2)[0]

    assert (report["numberRecordsProcessed"], report["numberRecordsFailed"]) == (251, 1)
    good = client.bulk2.Account.get_successful_records(report["job_id"])
    bad = client.bulk2.Account.get_failed_records(report["job_id"])
    assert good.count("\n") == 251
    assert "STRING_TOO_LONG:" in bad
    assert client.bulk2.Account.get_unprocessed_records(report["job_id"]).count("\n") <= 1


@pytest.mark.req("ORG-05")
def test_bulk_query_comes_in_parts(client, tmp_path):
    client.bulk2.Account.insert(records=[{"Name": f"A{n}"} for n in range(30)], wait=0.2)

    parts = list(
        client.bulk2.Account.query("SELECT Name, Owner.Name FROM Account", max_records=20, wait=0.2)
    )
    client.bulk2.Account.download("SELECT Id FROM Account", path=str(tmp_path), wait=0.2)

    assert [part.count("\n") - 1 for part in parts] == [20, 10]
    assert parts[0].startswith('"Name","Owner.Name"\n')
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.req("ORG-05")
def test_bulk_deletes_what_it_is_given(client):
    ids = [client.Account.create({"Name": "A"})["id"] for _ in range(3)]

    client.bulk2.Account.delete(records=[{"Id": each} for each in ids], wait=0.2)

    assert client.query("SELECT Id FROM Account")["totalSize"] == 0
    assert Operation.delete == "delete"


@pytest.mark.req("ORG-02")
def test_the_client_signs_in_by_itself(org, session):
    token, host = SalesforceLogin(
        consumer_key=org.credentials["client_id"],
        consumer_secret=org.credentials["client_secret"],
        domain="localhost",
        session=session,
    )

    assert host == org.url.removeprefix("http://")
    account = SFType("Account", token, host, sf_version="67.0", session=session)
    assert account.create({"Name": "A"})["success"] is True


@pytest.mark.req("ORG-05")
def test_the_older_bulk_api_saves_and_reads(client):
    rows = [{"Shop_Id__c": "k1", "Name": "A"}, {"Shop_Id__c": "k2", "Name": "x" * 300}]

    saved = client.bulk.Account.upsert(rows, "Shop_Id__c")
    found = client.bulk.Account.query("SELECT Name FROM Account", wait=0.2)

    assert [row["success"] for row in saved] == [True, False]
    assert saved[1]["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    assert [row["Name"] for row in found] == ["A"]


def test_a_file_is_uploaded_both_ways_and_downloaded_from_its_address(client, session):
    account = client.Account.create({"Name": "Acme"})["id"]
    text = base64.b64encode(b"a,b\n").decode()
    values = {"PathOnClient": "one.csv", "VersionData": text, "FirstPublishLocationId": account}
    first = client.ContentVersion.create(values)["id"]
    content = client.ContentVersion.get(first)["ContentDocumentId"]
    entity = json.dumps({"PathOnClient": "two.csv", "ContentDocumentId": content})
    second = session.post(
        f"{client.base_url}sobjects/ContentVersion",
        headers={"Authorization": client.headers["Authorization"]},
        files={
            "entity_content": (None, entity, "application/json"),
            "VersionData": ("two.csv", b"c,d\n", "text/csv"),
        },
    ).json()["id"]

    soql = "SELECT Id, VersionData FROM ContentVersion ORDER BY VersionNumber"
    found = client.query(soql)["records"]
    assert [row["Id"] for row in found] == [first, second]
    address = f"https://{client.sf_instance}"
    downloads = [session.get(address + row["VersionData"], headers=client.headers) for row in found]
    assert [each.content for each in downloads] == [b"a,b\n", b"c,d\n"]
