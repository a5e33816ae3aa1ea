"""How rows travel to a bulk job: line endings, compression; and which jobs may be deleted."""

import csv
import gzip

import pytest
import requests

from tests.crm_sync.localorg.bulk_jobs import close, ended, opened, put
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.orgs import OrgProcess, free_port


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("ending", "content", "state"),
    [
        ("LF", b"Name\nA\n", "JobComplete"),
        ("CRLF", b"Name\r\nA\r\n", "JobComplete"),
        ("LF", b"Name\nA", "JobComplete"),
        ("LF", b'Name\n"A\r\nB"\n', "JobComplete"),
        ("LF", b"Name\r\nA\r\n", "Failed"),
        ("CRLF", b"Name\nA\n", "Failed"),
        ("LF", b"Name\rA\r", "Failed"),
    ],
)
def test_lines_end_as_the_job_says(org, ending, content, state):
    job = opened(org, operation="insert", lineEnding=ending)["id"]
    put(org, job, content)
    close(org, job)

    done = ended(org, job)

    words = f"LineEnding is invalid on user data. Current LineEnding setting is {ending}"
    assert done["state"] == state
    assert done.get("errorMessage") == (
        None if state == "JobComplete" else f"ClientInputError : {words}"
    )
    assert len(org.query("SELECT Id FROM Account")) == (state == "JobComplete")


@pytest.mark.req("ORG-05")
def test_an_upload_may_be_compressed(org):
    job = opened(org, operation="insert")["id"]
    address = f"{org.url}/services/data/v67.0/jobs/ingest/{job}/batches"
    headers = {**org.bearer(), "Content-Encoding": "gzip", "Content-Type": "text/csv"}
    packed = gzip.compress(b"Name\nA\n")

    *broken, good = (
        requests.put(address, data=body, headers=headers, timeout=30)
        for body in (b"Name\nA\n", packed[:-4], packed)
    )
    close(org, job)

    assert [each.status_code for each in broken] == [400, 400]
    assert code_of(broken[0]) == "BAD_REQUEST"
    assert good.status_code == 201
    assert ended(org, job)["numberRecordsProcessed"] == 1
    assert org.query("SELECT Name FROM Account") == [{"Name": "A"}]


@pytest.mark.req("ORG-05")
def test_only_a_job_at_rest_is_deleted(org):
    job = opened(org, operation="insert")["id"]

    early = org.call("DELETE", f"jobs/ingest/{job}")
    aborted = close(org, job, "Aborted")
    again = close(org, job, "Aborted")
    gone = org.call("DELETE", f"jobs/ingest/{job}")

    assert (early.status_code, code_of(early)) == (400, "INVALIDJOBSTATE")
    assert aborted.json()["state"] == "Aborted"
    assert again.json()[0]["message"] == "Aborting already Aborted Job not allowed"
    assert (gone.status_code, gone.content) == (204, b"")
    assert code_of(org.call("GET", f"jobs/ingest/{job}")) == "NOT_FOUND"


@pytest.mark.req("ORG-05", "ORG-08")
def test_records_are_destroyed_only_by_who_may(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "org", options=("--integration-user",)).start()
    try:
        wish = {"object": "Account", "operation": "hardDelete"}

        answer = org.call("POST", "jobs/ingest", json=wish)

        assert answer.status_code == 400
        assert code_of(answer) == "FEATURENOTENABLED"
        assert "hardDelete operation requires special user profile permission" in answer.text
    finally:
        org.stop()


@pytest.mark.req("ORG-05")
def test_failed_rows_are_as_wide_as_the_header_whatever_their_own_width(org):
    job = opened(org, operation="insert")["id"]
    put(org, job, b"Name,Phone\nGood,1\nLong,2,3\nShort\n")
    close(org, job)
    done = ended(org, job)

    failed = org.call("GET", f"jobs/ingest/{job}/failedResults").content.decode("utf-8")

    rows = list(csv.reader(failed.splitlines()))
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (3, 2)
    assert [row[2:] for row in rows] == [["Name", "Phone"], ["Long", "2"], ["Short", ""]]
