"""Query jobs and the list of jobs: what is refused, pages side by side, filters."""

import csv
import gzip
import io
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.crm_sync.localorg.bulk_jobs import asked, close, ended, opened, page
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_bulk_classic import opened as opened_classic


def filled(org, count):
    rows = "Name\n" + "".join(f"N{number:04}\n" for number in range(count))
    job = opened(org, operation="insert")["id"]
    org.call("PUT", f"jobs/ingest/{job}/batches", data=rows.encode())
    close(org, job)
    assert ended(org, job)["numberRecordsFailed"] == 0


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("soql", "words"),
    [
        ("SELECT COUNT(Id) FROM Account", "Aggregate functions and GROUP BY"),
        ("SELECT COUNT() FROM Account", "Aggregate functions and GROUP BY"),
        ("SELECT Name, COUNT(Id) FROM Account GROUP BY Name", "Aggregate functions and GROUP BY"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "Aggregate Relationships"),
        ("SELECT Id, BillingAddress FROM Account", "Selecting compound data"),
        ("SELECT Id, Account.BillingAddress FROM Contact", "Selecting compound data"),
        ("SELECT FIELDS(STANDARD) FROM Account", "FIELDS()"),
        ("SELECT Id FROM Account OFFSET 5", "OFFSET"),
        ("SELECT TYPEOF Who WHEN Contact THEN LastName END FROM Task", "TYPEOF"),
    ],
)
def test_what_bulk_cannot_query_is_refused_at_once(org, soql, words):
    answer = asked(org, soql)

    assert answer.status_code == 400
    assert answer.json() == [
        {"message": f"{words} not supported in Bulk Query", "errorCode": "API_ERROR"}
    ]
    assert org.call("GET", "jobs/query").json()["records"] == []


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT", "MALFORMED_QUERY"),
    ],
)
def test_a_statement_with_a_mistake_is_refused_as_over_rest(org, soql, code):
    assert code_of(asked(org, soql)) == code
    assert code_of(asked(org, "SELECT Id FROM Account", operation="insert")) == "API_ERROR"


@pytest.mark.req("ORG-05")
def test_columns_come_in_the_order_of_the_statement(org):
    account = org.create("Account", Name="Acme", Phone="1")
    org.create("Contact", LastName="Rao", AccountId=account)
    soql = "SELECT Account.Name, LastName, Account.Phone, Id FROM Contact"
    job = asked(org, soql).json()["id"]
    ended(org, job, "query")

    header = next(csv.reader(io.StringIO(page(org, job).text)))

    assert header == ["Account.Name", "LastName", "Account.Phone", "Id"]


@pytest.mark.req("ORG-05")
def test_pages_can_be_fetched_side_by_side(org):
    filled(org, 13)
    job = asked(org, "SELECT Name FROM Account ORDER BY Name").json()["id"]
    ended(org, job, "query")

    first = org.call("GET", f"jobs/query/{job}/resultPages", params={"maxRecords": 2}).json()
    rest = requests.get(org.url + first["nextRecordsUrl"], headers=org.bearer(), timeout=30).json()
    pages = [each["resultUrl"] for each in first["resultPages"] + rest["resultPages"]]
    texts = [requests.get(org.url + each, headers=org.bearer(), timeout=30) for each in pages]

    assert (len(first["resultPages"]), first["done"]) == (5, False)
    assert (len(rest["resultPages"]), rest["done"], rest["nextRecordsUrl"]) == (2, True, None)
    assert [each.headers["Sforce-NumberOfRecords"] for each in texts] == ["2"] * 6 + ["1"]
    assert texts[-1].headers["Sforce-Locator"] == "null"
    names = [row["Name"] for text in texts for row in csv.DictReader(io.StringIO(text.text))]
    assert names == [f"N{number:04}" for number in range(13)]
    older = requests.get(
        f"{org.url}/services/data/v57.0/jobs/query/{job}/resultPages",
        headers=org.bearer(),
        timeout=30,
    )
    assert older.status_code == 404


@pytest.mark.req("ORG-05")
def test_results_are_read_in_the_version_of_their_job(org):
    job = asked(org, "SELECT Name FROM Account").json()["id"]
    ended(org, job, "query")
    address = f"{org.url}/services/data/v66.0/jobs/query/{job}"

    other = requests.get(f"{address}/results", headers=org.bearer(), timeout=30)

    assert other.status_code == 409
    assert page(org, job).status_code == 200
    assert requests.get(address, headers=org.bearer(), timeout=30).json()["apiVersion"] == 67.0


@pytest.mark.req("ORG-05")
def test_jobs_are_listed_with_those_of_the_older_interface(org):
    ingest = opened(org, operation="insert")["id"]
    query = asked(org, "SELECT Id FROM Account").json()["id"]
    classic = opened_classic(org, "query")

    def listed(kind, **params):
        answer = org.call("GET", f"jobs/{kind}", params=params).json()
        assert (answer["done"], answer["nextRecordsUrl"]) == (True, None)
        return [(each["id"], each["jobType"]) for each in answer["records"]]

    assert listed("ingest") == [(ingest, "V2Ingest"), (classic, "Classic")]
    assert listed("query") == [(query, "V2Query"), (classic, "Classic")]
    assert listed("query", jobType="V2Query") == [(query, "V2Query")]
    assert listed("ingest", jobType="Classic") == [(classic, "Classic")]
    assert listed("ingest", concurrencyMode="serial") == []
    assert listed("ingest", isPkChunkingEnabled="true") == []
    assert code_of(org.call("GET", "jobs/ingest", params={"queryLocator": "x"})) == (
        "INVALID_QUERY_LOCATOR"
    )


@pytest.mark.req("ORG-05")
def test_jobs_are_listed_a_thousand_at_a_time(org):
    made = {opened(org, operation="insert")["id"] for _ in range(1002)}

    first = org.call("GET", "jobs/ingest", params={"jobType": "V2Ingest"}).json()
    rest = requests.get(org.url + first["nextRecordsUrl"], headers=org.bearer(), timeout=30).json()

    assert (first["done"], len(first["records"])) == (False, 1000)
    assert parse_qs(urlsplit(first["nextRecordsUrl"]).query)["jobType"] == ["V2Ingest"]
    assert (rest["done"], rest["nextRecordsUrl"], len(rest["records"])) == (True, None, 2)
    assert {each["id"] for each in first["records"] + rest["records"]} == made


@pytest.mark.req("ORG-05")
def test_a_large_result_travels_compressed_where_that_is_understood(org):
    filled(org, 500)
    job = asked(org, "SELECT Name FROM Account ORDER BY Name").json()["id"]
    ended(org, job, "query")
    address = f"{org.url}/services/data/v67.0/jobs/query/{job}/results"

    def got(accepted):
        headers = {**org.bearer(), "Accept-Encoding": accepted}
        answer = requests.get(address, headers=headers, stream=True, timeout=30)
        return answer.headers, answer.raw.read()

    plain_head, plain = got("identity")
    small_head, small = got("gzip, deflate")

    assert "Content-Encoding" not in plain_head
    assert small_head["Content-Encoding"] == "gzip"
    assert len(small) < len(plain) / 2
    assert gzip.decompress(small) == plain
