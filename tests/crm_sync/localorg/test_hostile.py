"""Nonsense of any kind is answered in the platform's words, and nothing is lost."""

import json
import signal
import socket
import threading

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crm_sync.orgs import OrgProcess, free_port

PATHS = st.sampled_from(
    ["sobjects/Account", "sobjects/Order/x", "sobjects/Account/Shop_Id__c/a%2Fb", "composite",
     "composite/sobjects", "composite/batch", "composite/sobjects/Account/Shop_Id__c",
     "composite/tree/Account", "composite/graph", "query", "queryAll/x", "sobjects/%00", "limits",
     "jobs/ingest", "search", "actions/standard", "sobjects/Large_Order__e", "process/approvals"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["records", "attributes", "type", "Name", "Id", "compositeRequest", "url",
                         "method", "referenceId", "body", "Account", "Shop_Id__c", "graphs"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
METHODS = st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"])


@given(METHODS, PATHS, JSON.map(json.dumps).map(str.encode) | st.binary(max_size=60))
@settings(max_examples=250)
@pytest.mark.req("ORG-01")
def test_no_request_breaks_the_org(org_process, method, path, body):
    answer = org_process.call(method, path, data=body)

    assert answer.status_code < 500, answer.text
    if answer.content:
        assert "Traceback" not in answer.text
        answer.json()


OTHERS = st.sampled_from(
    ["/services/oauth2/token", "/services/oauth2/introspect", "/services/Soap/u/67.0",
     "/services/Soap/m/68.0", "/services/async/67.0/job", "/services/async/67.0/job/750/batch",
     "/cometd/67.0", "/_local/faults", "/_local/limits", "/id/x/y",
     "/services/data/v67.0/jobs/query",
     "/services/data/v67.0/metadata/deployRequest", "/services/oauth2/authorize"]
)  # fmt: skip


@given(METHODS, OTHERS, st.binary(max_size=80) | JSON.map(json.dumps).map(str.encode))
@settings(max_examples=200)
@pytest.mark.req("ORG-01")
def test_no_other_door_breaks_either(org_process, method, path, body):
    headers = {**org_process.bearer(), "X-SFDC-Session": org_process.bearer()["Authorization"][7:]}

    answer = requests.request(
        method, org_process.url + path, data=body, headers=headers, timeout=20
    )

    assert answer.status_code != 500 or "faultcode" in answer.text
    assert "Traceback" not in answer.text
    assert "An unexpected error" not in answer.text


def test_a_body_nested_too_deeply_is_refused(org):
    for depth in (300, 900, 50_000):
        body = '{"compositeRequest":' + "[" * depth + "]" * depth + "}"
        answer = org.call("POST", "composite", data=body.encode())
        assert answer.status_code == 400


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", b"413"),
    ],
)
def test_a_broken_request_is_refused(org, head, status):
    with socket.create_connection(("127.0.0.1", org.port), timeout=5) as link:
        link.sendall(head)
        assert link.recv(100).split()[1] == status


def test_an_address_past_16_kb_is_refused(org):
    answer = org.call("GET", "query", params={"q": "x" * 17_000})

    assert answer.status_code == 414


def test_a_body_may_come_in_pieces(org):
    def pieces():
        yield b'{"Name": '
        yield b'"Piecewise"}'

    assert org.call("POST", "sobjects/Account", data=pieces()).status_code == 201
    assert org.query("SELECT Name FROM Account") == [{"Name": "Piecewise"}]


def test_fifty_writers_lose_and_double_nothing(org):
    org.bearer()
    failures = []

    def work(number):
        for step in range(4):
            path = f"sobjects/Account/Shop_Id__c/k{(number + step) % 60}"
            answer = org.call("PATCH", path, json={"Name": f"N{number}"})
            if answer.status_code not in {200, 201}:
                failures.append(answer.text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    keys = [row["Shop_Id__c"] for row in org.query("SELECT Shop_Id__c FROM Account")]
    assert len(keys) == len(set(keys)) == 53


@pytest.mark.req("ORG-01")
def test_a_killed_org_keeps_every_acknowledged_record(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "org").start()
    known = []

    def work():
        try:
            while True:
                key = f"k{len(known)}"
                path = f"sobjects/Account/Shop_Id__c/{key}"
                if org.call("PATCH", path, json={"Name": key}).ok:
                    known.append(key)
                    if len(known) == 40:
                        org.process.send_signal(signal.SIGKILL)
        except requests.RequestException:
            pass

    writer = threading.Thread(target=work)
    writer.start()
    writer.join(30)
    org.process.wait(10)
    org.start()
    org.token = ""

    kept = {row["Shop_Id__c"] for row in org.query("SELECT Shop_Id__c FROM Account")}
    org.stop()
    assert len(known) >= 40
    assert set(known) <= kept
