"""Bulk API 1.0: jobs of batches, in JSON and in CSV, that outlive a kill."""

import re
import signal
import time

import pytest
import requests

from tests.crm_sync.orgs import OrgProcess, free_port

SPACE = "http://www.force.com/2009/06/asyncapi/dataload"


def send(org, method, path, body, kind):
    headers = {"X-SFDC-Session": org.bearer()["Authorization"][7:], "Content-Type": kind}
    address = f"{org.url}/services/async/67.0/job{path}"
    return requests.request(method, address, data=body, headers=headers, timeout=30)


def opened(org, operation, name="Account", kind="CSV"):
    body = (
        f'<jobInfo xmlns="{SPACE}"><operation>{operation}</operation><object>{name}</object>'
        f"<contentType>{kind}</contentType></jobInfo>"
    )
    return word(send(org, "POST", "", body, "application/xml"), "id")


def word(answer, name):
    assert answer.ok, answer.text
    return re.search(f"<{name}>(.*?)</{name}>", answer.text).group(1)


def add(org, job, content):
    return word(send(org, "POST", f"/{job}/batch", content.encode(), "text/csv"), "id")


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
