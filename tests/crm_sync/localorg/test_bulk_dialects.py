"""Files of every dialect go in and come out as Python's own csv reads and writes them."""

import csv
import io
import itertools

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_sync.localorg.bulk import csvs
from crm_sync.localorg.errors import SalesforceError
from tests.crm_sync.localorg.bulk_jobs import asked, close, ended, opened, page, put

DIALECTS = [(mark, end) for mark in csvs.DELIMITERS for end in csvs.LINE_ENDINGS]
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def written(rows, mark, end, quoting):
    buffer = io.StringIO()
    writer = csv.writer(
        buffer,
        delimiter=csvs.DELIMITERS[mark],
        lineterminator=csvs.LINE_ENDINGS[end],
        quoting=quoting,
    )
    writer.writerows(rows)
    return buffer.getvalue()


def read(content, mark):
    return list(csvs.rows(io.BytesIO(content), mark))


@pytest.mark.req("ORG-05")
@settings(max_examples=150, deadline=None)
@given(
    rows=ROWS,
    dialect=st.sampled_from(DIALECTS),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    mark=st.booleans(),
)
def test_what_csv_writes_is_read_as_it_was(rows, dialect, quoting, mark):
    # Python leaves a lone carriage return without quotes, and then reads it as the end of a line.
    is_bare = any("\r" in cell for row in rows for cell in row)
    text = written(rows, *dialect, csv.QUOTE_ALL if is_bare else quoting)
    encoded = text.encode("utf-8-sig" if mark and not text.startswith("\ufeff") else "utf-8")

    found = read(encoded, dialect[0])

    # The very first mark of a file says how it is written and is no part of its text.
    expected = [row for row in rows if row]
    if text.startswith("\ufeff"):
        expected = [[expected[0][0].removeprefix("\ufeff"), *expected[0][1:]], *expected[1:]]
    assert found == expected


@pytest.mark.req("ORG-05")
@settings(max_examples=150, deadline=None)
@given(rows=ROWS, dialect=st.sampled_from(DIALECTS))
def test_what_is_written_is_read_by_csv_as_it_was(rows, dialect):
    mark, end = dialect
    text = "".join(csvs.line(row, mark, end) for row in rows)

    found = csv.reader(io.StringIO(text, newline=""), delimiter=csvs.DELIMITERS[mark], strict=True)

    assert list(found) == rows


@pytest.mark.req("ORG-05")
@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=80), dialect=st.sampled_from(DIALECTS))
def test_bytes_of_any_kind_are_read_or_refused(content, dialect):
    mark, end = dialect
    code, found = read_or_refused(content, mark, end)

    assert code in {"", "InvalidBatch", "ClientInputError"}
    assert all(isinstance(cell, str) for row in found for cell in row)


def read_or_refused(content, mark, end):
    """The code of a refusal, and the rows that were read."""
    try:
        csvs.check(io.BytesIO(content))
        csvs.check_ending(io.BufferedReader(io.BytesIO(content)), end)
        return "", read(content, mark)
    except SalesforceError as error:
        return error.code, []


@pytest.mark.req("ORG-05")
def test_every_dialect_goes_in_and_comes_out(org):
    names = [f"{mark},;|^`\t\"'{end} ä€😀" for mark, end in DIALECTS]
    for (mark, end), name in zip(DIALECTS, names, strict=True):
        rows = [["Name", "Phone", "Fax"], [name, "", "#N/A"]]
        job = opened(org, operation="insert", columnDelimiter=mark, lineEnding=end)["id"]
        put(org, job, b"\xef\xbb\xbf" + written(rows, mark, end, csv.QUOTE_MINIMAL).encode())
        close(org, job)
        assert ended(org, job)["numberRecordsFailed"] == 0, mark

    jobs = {
        dialect: asked(
            org,
            "SELECT Name, Phone FROM Account",
            columnDelimiter=dialect[0],
            lineEnding=dialect[1],
        ).json()["id"]
        for dialect in DIALECTS
    }

    for (mark, end), job in jobs.items():
        ended(org, job, "query")
        content = page(org, job).content.decode()
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=csvs.DELIMITERS[mark]))
        assert rows[0] == ["Name", "Phone"]
        assert sorted(rows[1:]) == sorted([name, ""] for name in names)
        assert content.count("\r\n") == (len(rows) if end == "CRLF" else 0)


BODIES = st.one_of(
    st.binary(max_size=60),
    st.text(alphabet='{}[]":,<>/ aé\n', max_size=60).map(str.encode),
    st.sampled_from(
        (
            b'{"object":["Account"],"operation":{}}',
            b'{"object":"Account","operation":"insert","lineEnding":7}',
            b'{"operation":"query","query":["SELECT"]}',
            b'{"state":["Aborted"]}',
            b'<jobInfo xmlns="x"><operation/><object/></jobInfo>',
            b"[[" * 5000,
            b"null",
        )
    ),
)
KINDS = ("application/json", "text/csv", "application/xml", "multipart/form-data; boundary=x", "")


@pytest.mark.req("ORG-05", "ORG-01")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.sampled_from(
        list(
            itertools.chain(
                (("POST", f"/services/data/v67.0/jobs/{kind}") for kind in ("ingest", "query")),
                (
                    ("PUT", "/services/data/v67.0/jobs/ingest/750000000000001/batches"),
                    ("PATCH", "/services/data/v67.0/jobs/ingest/750000000000001"),
                    ("POST", "/services/async/67.0/job"),
                    ("POST", "/services/async/67.0/job/750000000000001/batch"),
                    ("POST", "/services/Soap/u/67.0"),
                    ("POST", "/services/Soap/c/67.0"),
                    ("POST", "/services/Soap/m/67.0"),
                    ("POST", "/services/data/v67.0/metadata/deployRequest"),
                ),
            )
        )
    ),
    body=BODIES,
    kind=st.sampled_from(KINDS),
)
def test_no_body_makes_the_org_fall_over(org, place, body, kind):
    method, path = place
    token = org.bearer()["Authorization"][7:]
    headers = {**org.bearer(), "X-SFDC-Session": token, "Content-Type": kind}

    answer = requests.request(method, org.url + path, data=body, headers=headers, timeout=30)

    assert answer.status_code in {400, 404, 409, 413, 415} or (
        path.startswith("/services/Soap") and answer.status_code == 500
    ), answer.text
    assert "Traceback" not in answer.text
    assert "UNKNOWN_EXCEPTION" not in answer.text
    if path.startswith("/services/data"):
        assert {"message", "errorCode"} <= set(answer.json()[0])
    elif path.startswith("/services/async"):
        assert "exceptionCode" in answer.text
    else:
        assert "<faultcode>" in answer.text
