"""What arrives over the wire is read exactly, or refused in the platform's shape."""

import gzip
import json
import socket
import zlib

import pytest
import requests

V = "/services/data/v67.0"
BODY = b'{"Name": "Half"}'


def raw(org, *lines, body=b"", finish=True):
    """Send bytes as they are; return the status and the body of what comes back."""
    head = "\r\n".join((*lines, f"Authorization: {org.bearer()['Authorization']}", "", ""))
    with socket.create_connection(("127.0.0.1", org.port), timeout=10) as link:
        link.sendall(head.encode("latin-1") + body)
        if finish:
            link.shutdown(socket.SHUT_WR)
        found = b""
        while piece := link.recv(65536):
            found += piece
    answer_head, _, content = found.partition(b"\r\n\r\n")
    return int(answer_head.split()[1]), content


def names(org):
    return [row["Name"] for row in org.query("SELECT Name FROM Account ORDER BY Name")]


POST = f"POST {V}/sobjects/Account HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.req("ORG-01")
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Content-Length: 99"], BODY),
        ([CHUNKED], b"10\r\n" + BODY),
        ([CHUNKED], b"10\r\n" + BODY + b"\r\n"),
        ([CHUNKED], b"-10\r\n" + BODY),
        ([CHUNKED], b"0x10\r\n" + BODY + b"\r\n0\r\n\r\n"),
        ([CHUNKED], b"10\r\n" + BODY + b"XX\r\n0\r\n\r\n"),
        ([CHUNKED, "Content-Length: 16"], b"10\r\n" + BODY + b"\r\n0\r\n\r\n"),
        (["Content-Length: \xb2"], BODY),
        (["Content-Length: 16", "Content-Length: 17"], BODY),
    ],
)
def test_a_body_that_is_not_whole_writes_nothing(org, headers, body):
    status, content = raw(org, POST, *headers, body=body)

    assert status == 400
    assert json.loads(content)[0]["errorCode"] == "BAD_REQUEST"
    assert names(org) == []


@pytest.mark.req("ORG-01")
@pytest.mark.parametrize(
    ("first", "headers", "status", "code"),
    [
        (f"GET /services/data?{'x' * 70_000} HTTP/1.1", [], 414, "URI_TOO_LONG"),
        (f"GET {V}/limits HTTP/1.1", [f"X: {'x' * 17_000}", "Connection: close"], 431, ""),
        (POST, [f"Content-Length: {'9' * 5000}", "Expect: 100-continue"], 413, ""),
        (POST, ["Transfer-Encoding: gzip"], 501, "NOT_IMPLEMENTED"),
        (POST, ["Expect: a miracle"], 417, "EXPECTATION_FAILED"),
    ],
)
def test_what_is_too_much_or_unknown_is_refused_in_the_shape_of_the_platform(
    org, first, headers, status, code
):
    found, content = raw(org, first, *headers)

    assert found == status
    assert json.loads(content)[0]["errorCode"].startswith(code)


@pytest.mark.req("ORG-01")
def test_a_body_past_the_limit_is_answered_although_nobody_reads_it(org):
    with socket.create_connection(("127.0.0.1", org.port), timeout=10) as link:
        link.sendall(f"{POST}\r\nContent-Length: {200 << 20}\r\n\r\n".encode())
        for _ in range(20):
            link.sendall(b"x" * (1 << 20))
        link.shutdown(socket.SHUT_WR)

        assert link.recv(100).split()[1] == b"413"


@pytest.mark.req("ORG-01")
@pytest.mark.parametrize(
    "lines",
    [
        ("GET http://any.example/services/data HTTP/1.1", "Connection: close"),
        ("\r\nGET /services/data HTTP/1.1", "Connection: close"),
        ("GET /services/data HTTP/1.1", "Connection: TE, close"),
        ("GET /services/data HTTP/1.0",),
    ],
)
def test_every_usual_form_of_a_request_is_understood(org, lines):
    status, content = raw(org, *lines, finish=False)

    assert status == 200
    assert json.loads(content)[-1]["version"] == "68.0"


@pytest.mark.req("ORG-01")
def test_requests_sent_in_a_row_are_answered_in_that_row(org):
    one = f"GET /services/data HTTP/1.1\r\nHost: 127.0.0.1:{org.port}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", org.port), timeout=10) as link:
        link.sendall(f"{one}{one}{one}".encode())
        link.shutdown(socket.SHUT_WR)
        found = b""
        while piece := link.recv(65536):
            found += piece

    assert found.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("1.0", 410),
        ("67.5", 404),
        ("067.0", 404),
        ("99.0", 404),
        ("abc", 404),
        ("9" * 400 + ".0", 404),
    ],
)
def test_only_versions_that_there_are_answer(org, version, status):
    answer = requests.get(
        f"{org.url}/services/data/v{version}/limits", headers=org.bearer(), timeout=10
    )

    assert answer.status_code == status


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize("kind", ["text/csv", "application/octet-stream", "image/png"])
def test_what_says_to_be_something_else_is_not_read_as_json(org, kind):
    headers = {**org.bearer(), "Content-Type": kind}

    answer = requests.post(f"{org.url}{V}/sobjects/Account", data=BODY, headers=headers, timeout=10)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert names(org) == []


@pytest.mark.req("ORG-03")
def test_a_body_may_be_packed_in_the_ways_that_are_offered(org):
    def send(coding, body):
        headers = {**org.bearer(), "Content-Encoding": coding, "Content-Type": "application/json"}
        return requests.post(
            f"{org.url}{V}/sobjects/Account", data=body, headers=headers, timeout=30
        ).status_code

    assert send("gzip", gzip.compress(BODY)) == 201
    assert send("deflate", zlib.compress(BODY)) == 201
    assert send("br", BODY) == 415
    assert send("gzip", BODY) == 400
    assert send("deflate", zlib.compress(bytes(200 << 20), 9)) == 413
    assert names(org) == ["Half", "Half"]


@pytest.mark.req("ORG-04")
def test_a_composite_inside_a_composite_is_refused(org):
    inner = {"compositeRequest": [{"method": "GET", "url": f"{V}/limits", "referenceId": "a"}]}
    outer = {"method": "POST", "url": f"{V}/composite", "referenceId": "b", "body": inner}

    answer = org.call("POST", "composite", json={"compositeRequest": [outer]})

    assert answer.json()["compositeResponse"][0]["httpStatusCode"] == 400


@pytest.mark.req("ORG-03")
def test_half_a_character_is_stored_as_none(org):
    data = b'{"Name": "a\\ud800b \\ud83d\\ude00"}'

    made = org.call("POST", "sobjects/Account", data=data)

    assert made.status_code == 201
    assert names(org) == ["a\ufffdb \U0001f600"]


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize("path", ["/", "/o/Account/", "/log/", "/services/oauth2/authorize"])
def test_a_name_that_somebody_else_gives_out_does_not_open_the_pages(org, path):
    strange = requests.get(org.url + path, headers={"Host": "rebound.example"}, timeout=10)
    own = requests.get(org.url + path, headers={"Host": f"localhost:{org.port}"}, timeout=10)

    assert strange.status_code == 403
    assert "Another name for this machine" in strange.text
    assert own.status_code in {200, 400}
