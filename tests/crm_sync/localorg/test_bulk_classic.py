"""Bulk API 1.0: jobs of batches, in CSV, XML and JSON, that outlive a kill."""

import re
import signal
import time
from datetime import datetime

import pytest
import requests
from lxml import etree

from tests.crm_sync.orgs import OrgProcess, free_port

SPACE = "http://www.force.com/2009/06/asyncapi/dataload"


def send(org, method, path, body, kind, **more):
    headers = {"X-SFDC-Session": org.bearer()["Authorization"][7:], "Content-Type": kind, **more}
    address = f"{org.url}/services/async/67.0/job{path}"
    return requests.request(method, address, data=body, headers=headers, timeout=30)


def wish(operation, name="Account", kind="CSV", more=""):
    return (
        f'<jobInfo xmlns="{SPACE}"><operation>{operation}</operation><object>{name}</object>'
        f"{more}<contentType>{kind}</contentType></jobInfo>"
    )


def opened(org, operation, name="Account", kind="CSV", **headers):
    body = wish(operation, name, kind)
    return word(send(org, "POST", "", body, "application/xml", **headers), "id")


def word(answer, name):
    assert answer.ok, answer.text
    if answer.headers["Content-Type"] == "application/json":
        found = answer.json()
        return found[0] if isinstance(found, list) else str(found[name])
    return re.search(f"<{name}>(.*?)</{name}>", answer.text).group(1)


def add(org, job, content, kind="text/csv"):
    return word(send(org, "POST", f"/{job}/batch", content.encode(), kind), "id")


def ended(org, job, batch):
    for _ in range(4000):
        found = send(org, "GET", f"/{job}/batch/{batch}", None, "application/xml")
        if word(found, "state") in {"Completed", "Failed", "NotProcessed"}:
            return found
        time.sleep(0.05)
    raise AssertionError("The batch did not end")


def result(org, job, batch, part=""):
    return send(org, "GET", f"/{job}/batch/{batch}/result{part}", None, "application/xml")


@pytest.mark.req("ORG-05")
def test_a_batch_of_rows_tells_what_became_of_each(org):
    job = opened(org, "insert")
    batch = add(org, job, 'Name,Phone\n"A, B",1\n,2\n')
    done = ended(org, job, batch)

    lines = result(org, job, batch).text.splitlines()
    closed = send(
        org,
        "POST",
        f"/{job}",
        f'<jobInfo xmlns="{SPACE}"><state>Closed</state></jobInfo>',
        "application/xml",
    )
    late = send(org, "POST", f"/{job}/batch", b"Name\nC\n", "text/csv")

    record = org.query("SELECT Id, Name FROM Account")[0]
    assert (word(done, "numberRecordsProcessed"), word(done, "numberRecordsFailed")) == ("2", "1")
    assert lines[:2] == [
        '"Id","Success","Created","Error"',
        f'"{record["Id"]}","true","true",""',
    ]
    assert lines[2].startswith('"","false","false","REQUIRED_FIELD_MISSING:')
    assert word(closed, "state") == "Closed"
    assert word(closed, "numberRecordsFailed") == "1"
    assert "InvalidJobState" in late.text


@pytest.mark.req("ORG-05")
def test_a_query_answers_parents_and_truth_values_in_csv(org):
    account = org.create("Account", Name="Acme")
    org.create("Contact", LastName="Rao", AccountId=account, DoNotCall=True)
    org.create("Contact", LastName="Solo")
    job = opened(org, "query", "Contact")
    soql = "SELECT LastName, Account.Name, DoNotCall FROM Contact ORDER BY LastName"
    batch = add(org, job, soql)
    ended(org, job, batch)

    found = word(result(org, job, batch), "result")
    rows = result(org, job, batch, f"/{found}").text.splitlines()

    assert rows[0] == '"LastName","Account.Name","DoNotCall"'
    assert rows[1] == '"Rao","Acme","true"'
    assert rows[2].startswith('"Solo","')


@pytest.mark.req("ORG-05", "ORG-07")
def test_batches_of_both_interfaces_share_their_allowance(org):
    job = opened(org, "insert")
    org.switch("POST", "limits", {"DailyBulkApiBatches": 1})
    org.call("POST", "jobs/ingest", json={"object": "Account", "operation": "insert"})

    refused = send(org, "POST", f"/{job}/batch", b"Name\nA\n", "text/csv")

    assert refused.status_code == 400
    assert "ExceededQuota" in refused.text


XSI = "http://www.w3.org/2001/XMLSchema-instance"
RECORDS = f"""<?xml version="1.0" encoding="UTF-8"?>
<sObjects xmlns="{SPACE}" xmlns:xsi="{XSI}">
  <sObject>
    <LastName>Räo &amp; Sons</LastName>
    <Account><sObject><Shop_Id__c>k1</Shop_Id__c></sObject></Account>
    <Owner><sObject><type>User</type><Username>{{name}}</Username></sObject></Owner>
    <Email xsi:nil="true"/>
  </sObject>
  <sObject><FirstName>No last name</FirstName></sObject>
</sObjects>"""


@pytest.mark.req("ORG-05")
def test_records_come_and_results_go_in_xml(org):
    account = org.create("Account", Name="Acme", Shop_Id__c="k1")
    job = opened(org, "insert", "Contact", "XML")
    body = RECORDS.format(name=org.credentials["username"])
    batch = add(org, job, body, "application/xml")
    ended(org, job, batch)

    found = result(org, job, batch)
    sent = send(org, "GET", f"/{job}/batch/{batch}/request", None, "application/xml")

    record = org.query("SELECT Id, LastName, AccountId FROM Contact")[0]
    assert (record["LastName"], record["AccountId"]) == ("Räo & Sons", account)
    assert found.headers["Content-Type"] == "application/xml"
    good, bad = etree.fromstring(found.content)
    assert [(each.tag, each.text) for each in good] == [
        (f"{{{SPACE}}}id", record["Id"]),
        (f"{{{SPACE}}}success", "true"),
        (f"{{{SPACE}}}created", "true"),
    ]
    assert [(each.tag.rpartition("}")[2], each.text) for each in bad.iter()][1:] == [
        ("errors", None),
        ("fields", "LastName"),
        ("message", "Required fields are missing: [LastName]"),
        ("statusCode", "REQUIRED_FIELD_MISSING"),
        ("success", "false"),
        ("created", "false"),
    ]
    assert sent.text == body


@pytest.mark.req("ORG-05")
def test_a_query_answers_in_the_format_of_its_job(org):
    account = org.create("Account", Name="Acme")
    org.create("Contact", LastName="Rao", AccountId=account, Birthdate="1970-01-02")
    soql = "SELECT LastName, Account.Name, Phone, Birthdate, CreatedDate FROM Contact"

    def found(kind, statement=soql):
        job = opened(org, "query", "Contact", kind)
        batch = add(org, job, statement, "application/xml")
        ended(org, job, batch)
        return result(org, job, batch, f"/{word(result(org, job, batch), 'result')}")

    record = etree.fromstring(found("XML").content)[0]
    numbered = found("JSON")

    shown = [(each.tag.rpartition("}")[2], each.text) for each in record.iter()]
    assert shown[:-1] == [
        ("records", None),
        ("type", "Contact"),
        ("Id", None),
        ("LastName", "Rao"),
        ("Account", None),
        ("type", "Account"),
        ("Id", None),
        ("Name", "Acme"),
        ("Phone", None),
        ("Birthdate", "1970-01-02"),
    ]
    assert record.get(f"{{{XSI}}}type") == "sObject"
    assert shown[-1][1].endswith("Z")
    assert numbered.headers["Content-Type"] == "application/json"
    row = numbered.json()[0]
    assert (row["Account"]["Name"], row["Birthdate"]) == ("Acme", 86_400_000)
    assert row["CreatedDate"] == datetime.fromisoformat(shown[-1][1]).timestamp() * 1000
    assert found("CSV").text.splitlines()[0] == (
        '"LastName","Account.Name","Phone","Birthdate","CreatedDate"'
    )
    nobody = "SELECT Id FROM Contact WHERE LastName = 'Nobody'"
    assert found("CSV", nobody).text == "Records not found for this query"
    assert found("JSON", nobody).json() == []
    assert len(etree.fromstring(found("XML", nobody).content)) == 0


@pytest.mark.req("ORG-05")
def test_a_large_query_is_cut_into_ranges_of_ids(org):
    rows = "Name,Phone\n" + "".join(f"N{n},{n % 2}\n" for n in range(25))
    job = opened(org, "insert")
    ended(org, job, add(org, job, rows))
    header = {"Sforce-Enable-PKChunking": "chunkSize=10; parent=Account"}
    job = opened(org, "query", **header)
    whole = add(org, job, "SELECT Name FROM Account WHERE Phone = '1' OR Name = '(' LIMIT 100")
    assert "<state>NotProcessed</state>" in ended(org, job, whole).text

    batches = send(org, "GET", f"/{job}/batch", None, "application/xml").text
    parts = [each for each in re.findall("<id>(.*?)</id>", batches) if each != whole]
    names = []
    for part in parts:
        ended(org, job, part)
        text = result(org, job, part, f"/{word(result(org, job, part), 'result')}").text
        names += text.splitlines()[1:]

    assert len(parts) == 3
    assert sorted(names) == sorted(f'"N{n}"' for n in range(1, 25, 2))
    listed = org.call("GET", "jobs/query", params={"isPkChunkingEnabled": "true"}).json()
    assert [each["id"] for each in listed["records"]] == [job]


@pytest.mark.req("ORG-05")
def test_a_serial_job_works_on_one_batch_after_the_other(org):
    body = wish("insert", more="<concurrencyMode>Serial</concurrencyMode>")
    answer = send(org, "POST", "", body, "application/xml")
    job = word(answer, "id")

    for batch in [add(org, job, f"Name\nB{number}\n") for number in range(4)]:
        ended(org, job, batch)

    assert word(answer, "concurrencyMode") == "Serial"
    assert len(org.query("SELECT Id FROM Account")) == 4


@pytest.mark.req("ORG-05")
def test_a_batch_with_a_column_that_is_not_there_fails_as_a_whole(org):
    job = opened(org, "insert")
    batch = add(org, job, "Name,Nope\nA,B\n")
    short = add(org, job, "Name,Phone\nA\nB,2\n")

    done, other = ended(org, job, batch), ended(org, job, short)

    assert word(done, "state") == "Failed"
    assert word(done, "stateMessage") == "InvalidBatch : Field name not found : Nope"
    assert "Records not processed" in result(org, job, batch).text
    assert word(other, "numberRecordsFailed") == "1"
    assert result(org, job, short).text.splitlines()[1].startswith('"","false","false","INVALID_F')
    assert [row["Name"] for row in org.query("SELECT Name FROM Account")] == ["B"]


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (wish("insert", "Nope__c"), "InvalidJob", "Unable to find object: Nope__c"),
        (wish("insert", "Large_Order__e"), "InvalidEntity", "not supported by the Bulk API"),
        (wish("upsert"), "InvalidJob", "External ID was blank for upsert"),
        (
            wish("upsert", more="<externalIdFieldName>Phone</externalIdFieldName>"),
            "InvalidJob",
            "Field name provided, Phone does not match an External ID for Account",
        ),
        (wish("insert", kind="ZIP_TSV"), "InvalidJob", "ZIP_TSV is not supported"),
        ("<jobInfo", "InvalidXML", "cannot be read"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_in_the_words_of_this_interface(
    org, body, code, words
):
    answer = send(org, "POST", "", body, "application/xml")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/xml"
    root = etree.fromstring(answer.content)
    assert root.tag == f"{{{SPACE}}}error"
    assert root[0].text == code
    assert words in root[1].text


@pytest.mark.req("ORG-05", "ORG-02", "ORG-09")
def test_sessions_versions_and_faults_speak_the_same_words(org):
    address = f"{org.url}/services/async"
    headers = {"X-SFDC-Session": org.bearer()["Authorization"][7:]}

    def said(path, headers):
        answer = requests.get(f"{address}/{path}", headers=headers, timeout=30)
        root = etree.fromstring(answer.content)
        return answer.status_code, root[0].text

    assert said("67.0/job/750000000000001", {}) == (400, "InvalidSessionId")
    assert said("29.0/job/750000000000001", headers) == (400, "InvalidVersion")
    assert said("99.0/job/750000000000001", headers) == (400, "InvalidVersion")
    assert said("67.0/job/750000000000001", headers) == (400, "InvalidJob")
    assert said("67.0/nonsense", headers) == (404, "InvalidUrl")
    org.faults({"kind": "quota", "count": 1})
    assert said("67.0/job/750000000000001", headers) == (400, "ExceededQuota")
    org.faults({"kind": "unavailable", "count": 1})
    assert said("67.0/job/750000000000001", headers) == (503, "InternalServerError")
    org.faults({"kind": "expire_token", "count": 1})
    assert said("67.0/job/750000000000001", headers) == (400, "InvalidSessionId")


@pytest.mark.req("ORG-05")
def test_a_job_speaks_the_format_of_its_records_whatever_the_request_says(org):
    job = opened(org, "insert", kind="JSON")
    batch = add(org, job, '[{"Name": "A"}]', "application/xml")
    done = ended(org, job, batch)
    rows = opened(org, "insert")
    other = send(org, "GET", f"/{rows}", None, "application/json")

    assert done.headers["Content-Type"] == "application/json"
    assert send(org, "GET", f"/{job}", None, "application/xml").json()["contentType"] == "JSON"
    assert result(org, job, batch).json()[0]["success"] is True
    assert (other.headers["Content-Type"], word(other, "contentType")) == ("application/xml", "CSV")
    again = (
        send(org, "POST", f"/{job}", '{"state":"Closed"}', "application/json"),
        send(org, "POST", f"/{job}", '{"state":"Closed"}', "application/json"),
    )
    assert [each.status_code for each in again] == [200, 400]
    assert again[1].json()["exceptionCode"] == "InvalidJobState"


@pytest.mark.req("ORG-05", "ORG-01")
def test_a_killed_org_ends_the_batches_that_it_took(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "org").start()
    try:
        job = opened(org, "insert")
        batch = add(org, job, "Name\n" + "".join(f"N{number}\n" for number in range(5000)))
        early = result(org, job, batch)
        org.process.send_signal(signal.SIGKILL)
        org.process.wait(10)
        org.start()
        org.token = ""

        done = ended(org, job, batch)

        names = [row["Name"] for row in org.query("SELECT Name FROM Account")]
        lines = result(org, job, batch).text.splitlines()
        assert "Batch not completed" in early.text
        assert word(done, "state") == "Completed"
        assert sorted(names) == sorted(f"N{number}" for number in range(5000))
        assert len({line.split(",")[0] for line in lines[1:]}) == 5000
        assert opened(org, "insert") > job
    finally:
        org.stop()


@pytest.mark.req("ORG-05")
def test_a_refused_row_names_the_fields_it_is_about(org):
    job = opened(org, "insert")
    batch = add(org, job, "Name,Phone\n,2\n")
    ended(org, job, batch)

    words = "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    assert words in result(org, job, batch).text


@pytest.mark.req("ORG-05")
def test_an_empty_batch_and_an_unknown_session_are_refused_with_the_codes_of_this_api(org):
    job = opened(org, "update")
    empty = send(org, "POST", f"/{job}/batch", b"", "text/csv")
    unknown = requests.get(
        f"{org.url}/services/async/67.0/job/{job}",
        headers={"X-SFDC-Session": "nobody", "Content-Type": "application/xml"},
        timeout=30,
    )

    assert empty.status_code == 400
    assert "<exceptionCode>ClientInputError</exceptionCode>" in empty.text
    assert unknown.status_code == 400
    assert "<exceptionCode>InvalidSessionId</exceptionCode>" in unknown.text
