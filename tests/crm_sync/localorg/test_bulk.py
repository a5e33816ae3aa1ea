"""Bulk jobs from opening to deleting: states, files, limits, and what a kill leaves behind."""

import signal
import time

import pytest

from tests.crm_sync.localorg.bulk_jobs import asked, close, ended, opened, page, put, results
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_change_events import payloads, select
from tests.crm_sync.localorg.test_many import ingest
from tests.crm_sync.localorg.test_streaming import Subscriber
from tests.crm_sync.orgs import OrgProcess, free_port


@pytest.mark.req("ORG-05")
def test_a_job_shows_the_same_facts_from_open_to_complete(org):
    job = opened(org, operation="upsert", externalIdFieldName="Shop_Id__c")
    known = {
        "operation": "upsert",
        "object": "Account",
        "externalIdFieldName": "Shop_Id__c",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 67.0,
        "jobType": "V2Ingest",
        "contentUrl": f"services/data/v67.0/jobs/ingest/{job['id']}/batches",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
        "retries": 0,
    }
    assert job["state"] == "Open"
    assert job["id"].startswith("750")
    assert {**job, **known} == job

    assert put(org, job["id"], b"Shop_Id__c,Name\nk1,A\nk2,\n").status_code == 201
    closed = close(org, job["id"])
    done = ended(org, job["id"])

    assert (closed.status_code, closed.json()["state"]) == (200, "UploadComplete")
    assert {**done, **known} == done
    assert done["state"] == "JobComplete"
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    for name in ("totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"):
        assert done[name] >= 0
    assert "externalIdFieldName" not in opened(org, operation="insert")


@pytest.mark.req("ORG-05")
def test_results_repeat_the_rows_with_ids_or_reasons(org):
    old = org.create("Contact", LastName="Old")
    job, _done = ingest(
        org,
        f'Id,LastName\n{old},"New, ""name"""\n003000000000001AAA,X\n{old},#N/A\nnonsense,Y\n',
        operation="update",
    )

    good, bad = results(org, job, "successfulResults"), results(org, job, "failedResults")

    assert good == [{"sf__Id": old, "sf__Created": "false", "Id": old, "LastName": 'New, "name"'}]
    assert [row["sf__Id"] for row in bad] == ["003000000000001AAA", old, "nonsense"]
    assert [row["sf__Error"] for row in bad] == [
        "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",
        "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
        "MALFORMED_ID:malformed id nonsense:--",
    ]
    assert results(org, job, "unprocessedRecords") == []


@pytest.mark.req("ORG-05")
def test_a_job_takes_its_rows_once_and_only_while_open(org):
    job = opened(org, operation="insert")["id"]
    first, second = (put(org, job, each) for each in (b"Name\nA\n", b"Name\nB\n"))
    close(org, job)
    again = close(org, job)
    ended(org, job)

    assert first.status_code == 201
    assert code_of(second) == "BULK_API_ERROR"
    assert f"Found multiple contents for job: <{job[:15]}>" in second.json()[0]["message"]
    assert code_of(again) == "INVALIDJOBSTATE"
    assert code_of(put(org, job, b"Name\nC\n")) == "INVALIDJOBSTATE"
    for state, doing in (("Aborted", "Aborting"), ("UploadComplete", "Closing")):
        assert close(org, job, state).json() == [
            {
                "errorCode": "INVALIDJOBSTATE",
                "message": f"{doing} already Completed Job not allowed",
            }
        ]
    assert code_of(close(org, job, "InProgress")) == "INVALIDJOBSTATE"
    assert org.query("SELECT Name FROM Account") == [{"Name": "A"}]


@pytest.mark.req("ORG-05")
def test_a_small_job_comes_with_its_rows(org):
    parts = {
        "job": (None, '{"object":"Account","operation":"insert"}', "application/json"),
        "content": ("content", "Name\nA\n", "text/csv"),
    }

    job = org.call("POST", "jobs/ingest", files=parts).json()

    assert job["state"] == "UploadComplete"
    assert ended(org, job["id"])["numberRecordsProcessed"] == 1
    assert org.query("SELECT Name FROM Account") == [{"Name": "A"}]


@pytest.mark.req("ORG-05")
def test_a_parent_of_several_kinds_is_named_with_its_kind(org):
    contact = org.create("Contact", LastName="Rao", Shop_Id__c="c1")

    _job, done = ingest(
        org,
        "Subject,Contact:Who.Shop_Id__c\nCall,c1\n",
        object="Task",
        operation="insert",
        externalIdFieldName=None,
    )

    assert done["numberRecordsFailed"] == 0
    assert org.query("SELECT WhoId FROM Task") == [{"WhoId": contact}]


@pytest.mark.req("ORG-05")
def test_hard_deleted_records_leave_no_trace(org):
    soft, hard = (org.create("Account", Name=name) for name in "AB")

    for operation, record in (("delete", soft), ("hardDelete", hard)):
        ingest(
            org,
            f"Id\n{record}\n",
            object="Account",
            operation=operation,
            externalIdFieldName=None,
        )

    found = org.call("GET", "queryAll", params={"q": "SELECT Id, IsDeleted FROM Account"}).json()
    assert [(row["Id"], row["IsDeleted"]) for row in found["records"]] == [(soft, True)]


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Name,Nope\nA,B\n", "Field name not found : Nope"),
        (b"Name,name\nA,B\n", "Duplicate field name found : name"),
        (b'Name\n"A\n', "Failed to parse CSV"),
        (b"Name\n\xff\xfe\n", "not valid UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_fails_the_job(org, content, words):
    job = opened(org, operation="insert")["id"]
    put(org, job, content)
    close(org, job)

    done = ended(org, job)

    assert done["state"] == "Failed"
    assert words in done["errorMessage"]
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("wish", "code", "words"),
    [
        (
            {"operation": "merge"},
            "API_ERROR",
            "Invalid value: 'merge' supplied for property: 'operation'",
        ),
        (
            {"operation": "insert", "object": "Nope__c"},
            "INVALIDJOB",
            "InvalidJob : Unable to find object: Nope__c",
        ),
        (
            {"operation": "insert", "contentType": "XML"},
            "API_ERROR",
            "Invalid value: 'XML' supplied for property: 'contentType'",
        ),
        (
            {"operation": "insert", "columnDelimiter": "COLON"},
            "API_ERROR",
            "Invalid value: 'COLON' supplied for property: 'columnDelimiter'",
        ),
        (
            {"operation": "insert", "lineEnding": ["LF"]},
            "API_ERROR",
            "Invalid value: '['LF']' supplied for property: 'lineEnding'",
        ),
        (
            {"operation": "upsert"},
            "INVALIDJOB",
            "InvalidJob : External ID was blank for Account. An External ID must be specified "
            "for upsert.",
        ),
        (
            {"operation": "upsert", "externalIdFieldName": "Phone"},
            "INVALIDJOB",
            "InvalidJob : Field name provided, Phone does not match an External ID for Account",
        ),
    ],
)
def test_a_job_that_makes_no_sense_is_not_opened(org, wish, code, words):
    answer = org.call("POST", "jobs/ingest", json={"object": "Account", **wish})

    assert answer.status_code == 400
    assert answer.json() == [{"message": words, "errorCode": code}]
    assert org.call("GET", "jobs/ingest").json()["records"] == []


@pytest.mark.req("ORG-05")
def test_an_aborted_job_gives_back_what_it_has_not_touched(org):
    job = opened(org, operation="insert")["id"]
    put(org, job, ("Name\n" + "".join(f"N{number}\n" for number in range(20_000))).encode())
    close(org, job)
    while not org.call("GET", f"jobs/ingest/{job}").json()["numberRecordsProcessed"]:
        time.sleep(0.01)

    aborted = close(org, job, "Aborted").json()

    saved = len(results(org, job, "successfulResults"))
    left = results(org, job, "unprocessedrecords")
    assert aborted["state"] == "Aborted"
    assert 0 < saved < 20_000
    assert saved + len(left) == 20_000
    assert left[0] == {"Name": f"N{saved}"}
    assert org.query("SELECT COUNT(Id) n FROM Account")[0]["n"] == saved
    assert org.call("DELETE", f"jobs/ingest/{job}").status_code == 204
    assert org.call("GET", f"jobs/ingest/{job}").status_code == 404


@pytest.mark.req("ORG-05", "ORG-07")
def test_daily_allowances_of_jobs_are_enforced(org):
    org.switch("POST", "limits", {"DailyBulkApiBatches": 1, "DailyBulkV2QueryJobs": 1})
    wish = {"object": "Account", "operation": "insert"}

    allowed = org.call("POST", "jobs/ingest", json=wish)
    refused = org.call("POST", "jobs/ingest", json=wish)

    assert allowed.status_code == 200
    assert code_of(refused) == "EXCEEDEDQUOTA"
    assert asked(org, "SELECT Id FROM Account").status_code == 200
    assert code_of(asked(org, "SELECT Id FROM Account")) == "EXCEEDEDQUOTA"
    assert org.call("GET", "limits").json()["DailyBulkApiBatches"] == {"Max": 1, "Remaining": 0}


@pytest.mark.req("ORG-05")
def test_a_query_job_is_polled_and_read_in_its_own_dialect(org):
    org.create("Account", Name="A|B", NumberOfEmployees=3)
    gone = org.create("Account", Name="Gone")
    org.call("DELETE", f"sobjects/Account/{gone}")
    soql = "SELECT Name, NumberOfEmployees, Owner.Id, Phone FROM Account ORDER BY Name"

    made = asked(org, soql, columnDelimiter="PIPE", lineEnding="CRLF").json()
    done = ended(org, made["id"], "query")
    answer = page(org, made["id"])
    everything = asked(org, "SELECT Id FROM Account", operation="queryAll").json()["id"]

    owner = org.query("SELECT OwnerId FROM Account")[0]["OwnerId"]
    assert (made["state"], made["operation"], made["object"]) == (
        "UploadComplete",
        "query",
        "Account",
    )
    assert (done["state"], done["jobType"], done["numberRecordsProcessed"]) == (
        "JobComplete",
        "V2Query",
        1,
    )
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.text == (
        '"Name"|"NumberOfEmployees"|"Owner.Id"|"Phone"\r\n' + f'"A|B"|"3"|"{owner}"|""\r\n'
    )
    assert ended(org, everything, "query")["numberRecordsProcessed"] == 2
    assert code_of(org.call("PATCH", f"jobs/query/{made['id']}", json={"state": "Aborted"})) == (
        "INVALIDJOBSTATE"
    )
    assert org.call("DELETE", f"jobs/query/{made['id']}").status_code == 204
    assert page(org, made["id"]).status_code == 404


@pytest.mark.req("ORG-05")
def test_an_empty_result_has_a_header_and_a_last_locator(org):
    job = asked(org, "SELECT Id, Name FROM Account").json()["id"]
    ended(org, job, "query")

    answer = page(org, job)

    assert answer.text == '"Id","Name"\n'
    assert answer.headers["Sforce-Locator"] == "null"
    assert answer.headers["Sforce-NumberOfRecords"] == "0"
    assert code_of(page(org, job, locator="???")) == "INVALID_QUERY_LOCATOR"


@pytest.mark.req("ORG-05", "ORG-01", "ORG-06")
def test_a_killed_org_ends_its_jobs_and_doubles_nothing(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "org").start()
    try:
        select(org, "AccountChangeEvent")
        job = opened(org, operation="insert")["id"]
        put(org, job, ("Name\n" + "".join(f"N{number}\n" for number in range(6000))).encode())
        close(org, job)
        while not org.call("GET", f"jobs/ingest/{job}").json()["numberRecordsProcessed"]:
            time.sleep(0.01)
        org.process.send_signal(signal.SIGKILL)
        org.process.wait(10)
        org.start()
        org.token = ""

        done = ended(org, job)

        names = {f"N{number}" for number in range(6000)}
        rows = [row["Name"] for row in org.query("SELECT Name FROM Account")]
        assert (done["state"], done["numberRecordsProcessed"]) == ("JobComplete", 6000)
        assert (len(rows), set(rows)) == (6000, names)
        good = results(org, job, "successfulResults")
        assert [row["Name"] for row in good] == [f"N{number}" for number in range(6000)]
        assert told(org) == {row["sf__Id"] for row in good}
    finally:
        org.stop()


def told(org):
    """The records whose creation every subscriber hears of, each exactly once."""
    subscriber = Subscriber(org, replay=-2, channel="/data/AccountChangeEvent")
    found = []
    while heard := payloads(subscriber):
        found += [each["ChangeEventHeader"]["recordIds"][0] for each in heard]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.req("ORG-05")
def test_an_upsert_by_record_id_creates_the_rows_without_one(org):
    known = org.create("Account", Name="Old")
    job = opened(org, operation="upsert", externalIdFieldName="Id")["id"]
    put(org, job, f"Id,Name\n{known},Changed\n,New\n")
    close(org, job)
    ended(org, job)
    bare = opened(org, operation="upsert", externalIdFieldName="Id")["id"]
    put(org, bare, "Name\nBare\n")
    close(org, bare)
    ended(org, bare)

    done = results(org, job, "successfulResults") + results(org, bare, "successfulResults")

    assert [row["sf__Created"] for row in done] == ["false", "true", "true"]
    names = [row["Name"] for row in org.query("SELECT Name FROM Account ORDER BY Name")]
    assert names == ["Bare", "Changed", "New"]


@pytest.mark.req("ORG-05")
def test_a_file_exported_from_any_org_is_taken_with_all_its_columns(org):
    header = "NAME,SIC,TICKERSYMBOL,SITE,JIGSAW,JIGSAWCOMPANYID,ACCOUNTSOURCE,SICDESC"
    job = opened(org, operation="insert")["id"]
    put(org, job, f"{header}\nAcme,1,A,Main,,,,Wheels\n")
    close(org, job)

    assert (ended(org, job)["state"], results(org, job, "failedResults")) == ("JobComplete", [])
    found = org.query("SELECT Name, Jigsaw, SicDesc FROM Account")
    assert found == [{"Name": "Acme", "Jigsaw": None, "SicDesc": "Wheels"}]
