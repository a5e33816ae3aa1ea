"""Trees, graphs, approvals, searches, changes and Bulk in all its dialects."""

import json
import time

import pytest

from tests.crm_sync.localorg.conftest import code_of

V = "/services/data/v67.0"


def person(reference, **values):
    return {"attributes": {"type": "Contact", "referenceId": reference}, **values}


@pytest.mark.req("ORG-04")
def test_a_tree_is_planted_with_its_children(org):
    root = {
        "attributes": {"type": "Account", "referenceId": "a1"},
        "Name": "Acme",
        "Contacts": {"records": [person("c1", LastName="A"), person("c2", LastName="B")]},
    }

    answer = org.call("POST", "composite/tree/Account", json={"records": [root]})

    assert answer.status_code == 201
    assert [row["referenceId"] for row in answer.json()["results"]] == ["a1", "c1", "c2"]
    found = org.query("SELECT (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account")[0]
    assert [row["LastName"] for row in found["Contacts"]["records"]] == ["A", "B"]


@pytest.mark.req("ORG-04")
def test_a_tree_with_one_bad_leaf_is_not_planted(org):
    root = {
        "attributes": {"type": "Account", "referenceId": "a1"},
        "Name": "Acme",
        "Contacts": {"records": [person("c1")]},
    }

    answer = org.call("POST", "composite/tree/Account", json={"records": [root]})

    assert answer.status_code == 400
    assert answer.json()["hasErrors"] is True
    assert answer.json()["results"][0]["referenceId"] == "c1"
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-04", "ORG-01")
def test_salesforces_own_sample_tree_is_taken(org, datasets):
    file = datasets / "salesforce" / "ebikes" / "Accounts.json"
    if not file.exists():
        pytest.skip(f"no {file}")

    answer = org.call("POST", "composite/tree/Account", data=file.read_bytes())

    wanted = len(json.loads(file.read_text())["records"])
    assert len(answer.json()["results"]) == wanted
    assert org.query("SELECT COUNT(Id) n FROM Account")[0]["n"] == wanted


def graph(name, *requests):
    return {"graphId": name, "compositeRequest": list(requests)}


def make(reference, **body):
    return {
        "method": "POST",
        "url": f"{V}/sobjects/Account",
        "referenceId": reference,
        "body": body,
    }


@pytest.mark.req("ORG-04")
def test_each_graph_holds_together_alone(org):
    graphs = [graph("g1", make("a", Name="A"), make("b")), graph("g2", make("c", Name="C"))]

    answer = org.call("POST", "composite/graph", json={"graphs": graphs}).json()["graphs"]

    assert [each["isSuccessful"] for each in answer] == [False, True]
    halted = answer[0]["graphResponse"]["compositeResponse"][0]
    assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert org.query("SELECT Name FROM Account") == [{"Name": "C"}]


@pytest.mark.req("ORG-04")
def test_graphs_stop_after_fourteen_failures(org):
    graphs = [graph(f"g{number}", make("a")) for number in range(14)]
    graphs.append(graph("last", make("a", Name="A")))

    answer = org.call("POST", "composite/graph", json={"graphs": graphs}).json()["graphs"]

    assert answer[-1]["isSuccessful"] is False
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-08")
def test_an_approval_goes_from_submission_to_decision(shop):
    order = shop.order()

    def act(**request):
        return shop.org.call("POST", "process/approvals", json={"requests": [request]})

    submitted = act(actionType="Submit", contextId=order, comments="Please")
    twice = act(actionType="Submit", contextId=order)
    item = submitted.json()[0]["newWorkitemIds"][0]
    decided = act(actionType="Reject", contextId=item, comments="No")

    assert submitted.json()[0]["instanceStatus"] == "Pending"
    assert code_of(twice) == "ALREADY_IN_PROCESS"
    assert decided.json()[0]["instanceStatus"] == "Rejected"
    steps = shop.org.query("SELECT StepStatus, Comments FROM ProcessInstanceStep ORDER BY Id")
    assert [row["StepStatus"] for row in steps] == ["Started", "Rejected"]


@pytest.mark.req("ORG-03")
def test_a_search_looks_where_it_is_told(org):
    org.create("Account", Name="Wheelworks", Phone="555 1")
    org.create("Contact", LastName="Wheeler", Email="w@wheel.example")

    def find(text):
        answer = org.call("GET", "search", params={"q": text})
        assert answer.status_code == 200, answer.text
        return [row["attributes"]["type"] for row in answer.json()["searchRecords"]]

    both = "RETURNING Account(Id, Name), Contact(Id WHERE LastName LIKE 'W%' ORDER BY Id LIMIT 5)"
    assert find(f"FIND {{wheel*}} IN ALL FIELDS {both}") == ["Account", "Contact"]
    assert find(f"FIND {{wheel*}} IN EMAIL FIELDS {both}") == ["Contact"]
    assert find(f"FIND {{nothing}} {both}") == []
    assert code_of(org.call("GET", "search", params={"q": "FIND wheel"})) == "MALFORMED_SEARCH"


@pytest.mark.parametrize("name", ["updated", "deleted"])
def test_a_span_of_changes_must_make_sense(org, name):
    late = {"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}

    for span in (late, {"start": "x", "end": "y"}, {}):
        answer = org.call("GET", f"sobjects/Account/{name}/", params=span)
        assert code_of(answer) == "INVALID_REPLICATION_DATE"


def ingest(org, content, **facts):
    wish = {"object": "Contact", "operation": "upsert", "externalIdFieldName": "Shop_Id__c"}
    job = org.call("POST", "jobs/ingest", json={**wish, **facts}).json()["id"]
    put = org.call("PUT", f"jobs/ingest/{job}/batches", data=content.encode())
    assert put.status_code == 201
    closed = org.call("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert closed.json()["state"] == "UploadComplete"
    for _ in range(4000):
        found = org.call("GET", f"jobs/ingest/{job}").json()
        if found["state"] in {"JobComplete", "Failed", "Aborted"}:
            return job, found
        time.sleep(0.05)
    raise AssertionError("The job did not end")


@pytest.mark.parametrize(
    ("delimiter", "char"),
    [
        ("COMMA", ","),
        ("TAB", "\t"),
        ("PIPE", "|"),
        ("SEMICOLON", ";"),
        ("CARET", "^"),
        ("BACKQUOTE", "`"),
    ],
)
@pytest.mark.parametrize(("ending", "line"), [("LF", "\n"), ("CRLF", "\r\n")])
@pytest.mark.req("ORG-05")
def test_bulk_reads_and_writes_every_dialect(org, delimiter, char, ending, line):
    org.create("Account", Name="Acme", Shop_Id__c="main-acct-1")
    org.create("Contact", LastName="Old", Shop_Id__c="k2", Title="Boss", Phone="1")
    rows = [
        ["Shop_Id__c", "LastName", "Account.Shop_Id__c", "Title", "Phone"],
        ["k1", f'"A {char} ""B"""', "main-acct-1", "", ""],
        ["k2", "New", "", "#N/A", ""],
        ["k3", "Lost", "main-acct-9", "", ""],
    ]
    content = "".join(char.join(row) + line for row in rows)

    job, done = ingest(org, content, columnDelimiter=delimiter, lineEnding=ending)

    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (3, 1)
    found = org.query(
        "SELECT LastName, Account.Name, Title, Phone FROM Contact ORDER BY Shop_Id__c"
    )
    assert found == [
        {"LastName": f'A {char} "B"', "Account": {"Name": "Acme"}, "Title": None, "Phone": None},
        {"LastName": "New", "Account": None, "Title": None, "Phone": "1"},
    ]
    good = org.call("GET", f"jobs/ingest/{job}/successfulResults").text
    bad = org.call("GET", f"jobs/ingest/{job}/failedresults/").text
    assert good.startswith(f'"sf__Id"{char}"sf__Created"{char}"Shop_Id__c"')
    assert good.count(line) == 3
    assert "INVALID_FIELD:Foreign key external ID: main-acct-9 not found" in bad


@pytest.mark.req("ORG-05")
def test_a_bulk_job_with_an_unknown_column_fails_as_a_whole(org):
    job, done = ingest(org, "Shop_Id__c,Nope\nk1,x\n")

    assert done["state"] == "Failed"
    assert "Nope" in done["errorMessage"]
    assert org.call("GET", f"jobs/ingest/{job}/unprocessedRecords").text.count("\n") == 2


@pytest.mark.req("ORG-05")
def test_a_bulk_job_is_aborted_and_deleted(org):
    wish = {"object": "Account", "operation": "insert"}
    job = org.call("POST", "jobs/ingest", json=wish).json()["id"]

    aborted = org.call("PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"}).json()
    closed = org.call("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})

    assert aborted["state"] == "Aborted"
    assert code_of(closed) == "INVALIDJOBSTATE"
    assert org.call("DELETE", f"jobs/ingest/{job}").status_code == 204
    assert org.call("GET", f"jobs/ingest/{job}").status_code == 404


@pytest.mark.req("ORG-05")
def test_ten_thousand_rows_make_the_round_trip(org):
    rows = "".join(f"k{number},Name {number}\n" for number in range(10_000))

    _job, done = ingest(org, f"Shop_Id__c,Name\n{rows}k1,{'x' * 300}\n", object="Account")
    query = org.call(
        "POST", "jobs/query", json={"operation": "query", "query": "SELECT Name FROM Account"}
    ).json()["id"]
    while org.call("GET", f"jobs/query/{query}").json()["state"] != "JobComplete":
        time.sleep(0.05)
    first = org.call("GET", f"jobs/query/{query}/results", params={"maxRecords": 6000})
    rest = org.call(
        "GET",
        f"jobs/query/{query}/results",
        params={"maxRecords": 6000, "locator": first.headers["Sforce-Locator"]},
    )

    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (10_001, 1)
    assert first.headers["Sforce-NumberOfRecords"] == "6000"
    assert rest.headers["Sforce-NumberOfRecords"] == "4000"
    assert rest.headers["Sforce-Locator"] == "null"
    assert len({*first.text.splitlines(), *rest.text.splitlines()}) == 10_001
