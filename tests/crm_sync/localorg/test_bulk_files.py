"""Bulk API 1.0 with files: batches as ZIP, and what makes a whole batch fail."""

import io
import json
import zipfile

import pytest
import requests

from tests.crm_sync.localorg.test_bulk_classic import SPACE, add, ended, opened, result, send, word

PICTURE = bytes(range(256)) * 3


def packed(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_dot_", "."), content)
    return made.getvalue()


def put(org, job, content, kind):
    answer = send(org, "POST", f"/{job}/batch", content, kind)
    return answer.json()["id"] if kind == "zip/json" else word(answer, "id")


def manifest(kind, parent):
    rows = [
        {"Name": "a.gif", "ParentId": parent, "Body": "#a.gif"},
        {"Name": "sub/b.txt", "ParentId": parent, "Body": "#sub/b.txt"},
        {"Name": "missing", "ParentId": parent, "Body": "#missing"},
        {"Name": "plain", "ParentId": parent, "Body": "a.gif"},
    ]
    if kind == "JSON":
        return json.dumps(rows)
    if kind == "CSV":
        return "Name,ParentId,Body\n" + "".join(f"{','.join(row.values())}\n" for row in rows)
    texts = ["".join(f"<{key}>{value}</{key}>" for key, value in row.items()) for row in rows]
    inner = "".join(f"<sObject>{text}</sObject>" for text in texts)
    return f'<sObjects xmlns="{SPACE}">{inner}</sObjects>'


@pytest.mark.req("ORG-05", "ORG-08")
@pytest.mark.parametrize("kind", ["CSV", "XML", "JSON"])
def test_a_zip_brings_files_with_their_rows(org, kind):
    parent = org.create("Account", Name="Acme")
    job = opened(org, "insert", "Attachment", f"ZIP_{kind}")
    body = packed(
        request_dot_txt=manifest(kind, parent), a_dot_gif=PICTURE, **{"sub/b.txt": b"words"}
    )

    batch = put(org, job, body, f"zip/{kind.lower()}")
    done = send(org, "GET", f"/{job}/batch/{batch}", None, "application/xml")
    while word(done, "state") in {"Queued", "InProgress"}:
        done = send(org, "GET", f"/{job}/batch/{batch}", None, "application/xml")

    assert (word(done, "state"), word(done, "numberRecordsFailed")) == ("Completed", "2")
    assert word(send(org, "GET", f"/{job}", None, "application/xml"), "contentType").startswith(
        "ZIP_"
    )
    rows = org.query("SELECT Id, Name, BodyLength FROM Attachment ORDER BY Name")
    assert [(row["Name"], row["BodyLength"]) for row in rows] == [("a.gif", 768), ("sub/b.txt", 5)]
    address = f"{org.url}/services/data/v67.0/sobjects/Attachment/{rows[0]['Id']}/Body"
    picture = requests.get(address, headers=org.bearer(), timeout=30)
    assert picture.content == PICTURE
    text = result(org, job, batch).text
    assert text.count("INVALID_FIELD") == 2
    sent = send(org, "GET", f"/{job}/batch/{batch}/request", None, "application/xml")
    assert (sent.content, sent.headers["Content-Type"]) == (body, f"zip/{kind.lower()}")


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"no zip", "The zip content is malformed"),
        (packed(rows_dot_csv="Name\n"), "request.txt was not found"),
        (packed(**{"request.txt/": ""}), "request.txt was not found"),
        (packed(request_dot_txt="Name,Nope\nA,B\n"), "Field name not found : Nope"),
        (
            packed(request_dot_txt="Name\nA\n", big=b"0" * 20_000_001),
            "The unzipped content is larger than 20000000 bytes",
        ),
        (
            packed(request_dot_txt="Name\nA\n", **{f"f{number}": "" for number in range(1000)}),
            "The zip file holds more than 1000 files",
        ),
        (packed(request_dot_txt="Name\nA\n", **{"n" * 513: ""}), "longer than 512 bytes"),
        (b"P" * 10_000_001, "The zip file is larger than 10000000 bytes"),
    ],
)
def test_a_zip_that_cannot_be_read_fails_its_batch(org, body, words):
    job = opened(org, "insert", "Attachment", "ZIP_CSV")

    batch = put(org, job, body, "zip/csv")

    done = ended(org, job, batch)
    assert word(done, "state") == "Failed"
    assert word(done, "stateMessage").startswith("InvalidBatch : ")
    assert words in word(done, "stateMessage")


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("CSV", "Name,Body\nA,QQ==\n", "InvalidBatch : Binary field Body is only supported"),
        ("JSON", '[{"Body": "QQ=="}]', "InvalidBatch : Binary field Body is only supported"),
        ("JSON", "{}", "InvalidBatch : A list of records is expected"),
        ("XML", "<sObjects", "InvalidXML : "),
    ],
)
def test_what_is_wrong_with_rows_shows_once_they_are_worked_on(org, kind, body, words):
    job = opened(org, "insert", "Attachment", kind)

    done = ended(org, job, add(org, job, body, "application/xml"))

    assert word(done, "state") == "Failed"
    assert word(done, "stateMessage").startswith(words)


@pytest.mark.req("ORG-05")
def test_a_batch_without_content_is_refused_at_once(org):
    job = opened(org, "insert", kind="JSON")

    answer = send(org, "POST", f"/{job}/batch", b"", "application/xml")

    assert answer.status_code == 400
    assert "ClientInputError" in answer.text


@pytest.mark.req("ORG-05")
def test_a_job_names_its_assignment_rule(org):
    body = {"operation": "insert", "object": "Lead", "assignmentRuleId": "01Q000000000001"}

    made = send(org, "POST", "", json.dumps(body), "application/json").json()

    assert made["assignmentRuleId"] == "01Q000000000001"
