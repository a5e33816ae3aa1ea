"""Failures on demand, and the daily allowance."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.crm_sync.localorg.conftest import code_of

NEW = {"Name": "A"}


def write(org):
    return org.call("POST", "sobjects/Account", json=NEW)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("unavailable", 503, "SERVER_UNAVAILABLE"),
        ("server_error", 500, "UNKNOWN_EXCEPTION"),
        ("lock_row", 400, "UNABLE_TO_LOCK_ROW"),
        ("quota", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("duplicate_block", 400, "DUPLICATES_DETECTED"),
        ("duplicate_alert", 400, "DUPLICATES_DETECTED"),
        ("expire_token", 401, "INVALID_SESSION_ID"),
    ],
)
@pytest.mark.req("ORG-09")
def test_a_fault_strikes_as_often_as_it_was_told(org, kind, status, code):
    org.faults({"kind": kind, "count": 1, "object": "Account", "method": "POST"})

    assert org.call("GET", "sobjects/Account").status_code == 200
    failed = write(org)
    org.token = ""

    assert (failed.status_code, code_of(failed)) == (status, code)
    assert write(org).status_code == 201
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("ORG-09")
def test_nth_strikes_at_that_call_alone(org):
    org.faults({"kind": "unavailable", "nth": 3, "object": "Account"})

    assert [write(org).status_code for _ in range(5)] == [201, 201, 503, 201, 201]


@pytest.mark.req("ORG-09")
def test_a_locked_row_fails_alone_in_a_collection(org):
    org.faults({"kind": "lock_row", "nth": 2})
    records = [{"attributes": {"type": "Account"}, **NEW} for _ in range(3)]

    answer = org.call("POST", "composite/sobjects", json={"records": records}).json()

    assert [item["success"] for item in answer] == [True, False, True]
    assert answer[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"


@pytest.mark.req("ORG-09")
def test_a_dropped_answer_leaves_the_record(org):
    org.faults({"kind": "drop_after_commit", "count": 1})

    with pytest.raises(requests.ConnectionError):
        write(org)

    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("ORG-09")
def test_an_alert_lets_a_client_save_all_the_same(org):
    org.faults({"kind": "duplicate_alert"})
    headers = {**org.bearer(), "Sforce-Duplicate-Rule-Header": "allowSave=true"}
    url = f"{org.url}/services/data/v67.0/sobjects/Account"

    warned = write(org)
    saved = requests.post(url, json=NEW, headers=headers, timeout=10)

    assert warned.json()[0]["duplicateResult"]["allowSave"] is True
    assert saved.status_code == 201


@pytest.mark.req("ORG-09")
def test_a_late_commit_carries_an_earlier_stamp(org):
    write(org)
    org.faults({"kind": "late_commit", "count": 1, "seconds": 60})
    write(org)

    stamps = [row["SystemModstamp"] for row in org.query("SELECT SystemModstamp FROM Account")]
    assert stamps[1] < stamps[0]


@pytest.mark.req("ORG-09")
def test_maintenance_answers_with_a_page_instead_of_json(org):
    org.faults({"kind": "maintenance", "count": 1})

    answer = write(org)

    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.req("ORG-09")
def test_a_rate_with_a_seed_strikes_the_same_calls_again(org):
    def run():
        org.clear_faults()
        org.faults({"kind": "unavailable", "rate": 0.3, "seed": 7, "object": "Account"})
        return [write(org).status_code for _ in range(30)]

    first = run()

    assert first == run()
    assert 2 < first.count(503) < 20


@pytest.mark.req("ORG-09")
@pytest.mark.parametrize("fault", [{"kind": "magic"}, {"kind": "slow", "rate": "x"}, 7, {}])
def test_an_unknown_fault_is_refused(org, fault):
    answer = requests.post(f"{org.url}/_local/faults", json=[fault], timeout=10)

    assert answer.status_code == 400


@pytest.mark.req("ORG-07")
def test_the_call_after_the_last_allowed_one_is_refused(org):
    org.bearer()
    org.limits(100)

    codes = [org.call("GET", "sobjects/Account").status_code for _ in range(100)]
    refused = org.call("GET", "sobjects/Account")

    assert codes == [200] * 100
    assert (refused.status_code, code_of(refused)) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.headers["Sforce-Limit-Info"] == "api-usage=100/100"
    left = org.call("GET", "limits").json()["DailyApiRequests"]
    assert left == {"Max": 100, "Remaining": 0}


@pytest.mark.req("ORG-11")
def test_reset_returns_to_the_first_minute(org):
    tables = "Organization", "User", "RecordType", "Pricebook2", "OpportunityStage"
    texts = [f"SELECT FIELDS(ALL) FROM {name} ORDER BY Id LIMIT 200" for name in tables]
    before = [org.query(text) for text in texts]
    first = write(org).json()["id"]

    org.reset()

    assert [org.query(text) for text in texts] == before
    assert org.query("SELECT Id FROM Account") == []
    assert org.stats()["records_written"] == 0
    assert write(org).json()["id"] == first


@pytest.mark.req("ORG-11")
def test_a_snapshot_brings_its_records_back(org):
    kept = write(org).json()["id"]
    org.switch("POST", "snapshots", {"name": "one"})
    org.call("DELETE", f"sobjects/Account/{kept}")
    write(org)

    org.switch("POST", "restore", {"name": "one"})

    assert org.query("SELECT Id FROM Account") == [{"Id": kept}]
    for name in ("../x", "nowhere", ""):
        answer = requests.post(f"{org.url}/_local/restore", json={"name": name}, timeout=10)
        assert answer.status_code in {400, 404}


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_another_site_cannot_reach_the_switches(org, headers):
    kept = write(org).json()["id"]

    answer = requests.post(f"{org.url}/_local/reset", headers=headers, timeout=10)

    assert answer.status_code == 403
    assert org.query("SELECT Id FROM Account") == [{"Id": kept}]


@pytest.mark.req("ORG-09")
@pytest.mark.parametrize(
    "wrong", [{"nth": 0}, {"nth": 1.5}, {"count": 0.5}, {"object": 5}, {"method": ["GET"]}]
)
def test_a_fault_that_could_never_strike_as_meant_is_refused(org, wrong):
    entry = {"kind": "server_error", **wrong}

    answer = requests.post(f"{org.url}/_local/faults", json=[entry], timeout=10)

    assert answer.status_code == 400
    assert code_of(answer) == "INVALID_FAULT"
    assert org.switch("GET", "faults") == []


V = "/services/data/v67.0"
SOAP = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:u="urn:partner.soap.sforce.com" xmlns:s="urn:sobject.partner.soap.sforce.com">'
    "<e:Header><u:SessionHeader><u:sessionId>{token}</u:sessionId></u:SessionHeader></e:Header>"
    "<e:Body><u:create><u:sObjects><s:type>Account</s:type><s:Name>x</s:Name></u:sObjects>"
    "</u:create></e:Body></e:Envelope>"
)
SUB = {"method": "POST", "url": f"{V}/sobjects/Account", "referenceId": "a", "body": NEW}
OF_TYPE = {"attributes": {"type": "Account", "referenceId": "a"}, **NEW}
DOORS = {
    "record": ("sobjects/Account", NEW),
    "record in other letters": ("SOBJECTS/account", NEW),
    "collection": ("composite/sobjects", {"records": [OF_TYPE]}),
    "tree": ("composite/tree/Account", {"records": [OF_TYPE]}),
    "composite": ("composite", {"compositeRequest": [SUB]}),
    "batch": (
        "composite/batch",
        {"batchRequests": [{"method": "POST", "url": "v67.0/sobjects/Account", "richInput": NEW}]},
    ),
    "graph": ("composite/graph", {"graphs": [{"graphId": "g", "compositeRequest": [SUB]}]}),
    "bulk": ("jobs/ingest", {"object": "Account", "operation": "insert"}),
}


@pytest.mark.req("ORG-09")
@pytest.mark.parametrize("door", DOORS)
def test_a_fault_finds_its_object_behind_every_door(org, door):
    path, body = DOORS[door]
    org.faults({"kind": "unavailable", "object": "Account", "count": 1})
    org.faults({"kind": "unavailable", "object": "Contact"})

    codes = [org.call("POST", path, json=body).status_code for _ in range(2)]

    assert codes[0] == 503
    assert codes[1] < 300


@pytest.mark.req("ORG-09")
def test_a_fault_finds_its_object_in_soap_and_in_the_older_bulk_interface_too(org):
    token = org.bearer()["Authorization"].split()[1]
    headers = {"X-SFDC-Session": token, "Content-Type": "application/json"}
    job = {"operation": "insert", "object": "Account", "contentType": "CSV"}

    def soap():
        body = SOAP.format(token=token).encode()
        kind = {"Content-Type": "text/xml", "SOAPAction": '""'}
        url = f"{org.url}/services/Soap/u/67.0"
        return requests.post(url, data=body, headers=kind, timeout=10)

    def bulk():
        url = f"{org.url}/services/async/67.0/job"
        return requests.post(url, json=job, headers=headers, timeout=10)

    for call in (soap, bulk):
        org.clear_faults()
        org.faults({"kind": "unavailable", "object": "Account", "count": 1})
        org.faults({"kind": "unavailable", "object": "Contact"})
        refused, done = call(), call()
        assert refused.status_code >= 500
        assert done.status_code < 300
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("ORG-09")
def test_each_fault_has_dice_of_its_own(org):
    def run(*others):
        org.clear_faults()
        one = {"kind": "unavailable", "rate": 0.4, "seed": 7, "object": "Account"}
        org.faults(*others, one)
        return [write(org).status_code for _ in range(20)]

    alone = run()

    assert run({"kind": "late_commit", "rate": 0.5, "seed": 9, "seconds": 1}) == alone
    assert run({"kind": "lock_row", "rate": 0.5, "object": "Contact"}) == alone
    assert 3 < alone.count(503) < 14


@pytest.mark.req("ORG-09")
def test_parallel_clients_meet_as_many_faults_as_one(org):
    org.bearer()

    def run(threads):
        org.clear_faults()
        org.faults({"kind": "unavailable", "rate": 0.3, "seed": 11, "object": "Account"})
        with ThreadPoolExecutor(threads) as pool:
            return Counter(pool.map(lambda _: write(org).status_code, range(40)))

    assert run(1) == run(8)


@pytest.mark.req("ORG-09")
def test_a_fault_for_a_method_finds_it_inside_a_composite(org):
    made = org.create("Account", **NEW)
    org.faults({"kind": "lock_row", "method": "PATCH"})
    change = {
        "method": "PATCH",
        "url": f"{V}/sobjects/Account/{made}",
        "referenceId": "b",
        "body": {"Name": "Changed"},
    }

    answer = org.call("POST", "composite", json={"compositeRequest": [SUB, change]}).json()

    codes = [each["httpStatusCode"] for each in answer["compositeResponse"]]
    assert codes == [201, 400]


@pytest.mark.req("ORG-09")
@pytest.mark.parametrize("wrong", [{"seconds": 1e12}, {"method": "FETCH"}, {"rate": 1.1}])
def test_a_fault_that_nobody_can_wait_for_is_refused(org, wrong):
    entry = {"kind": "slow", **wrong}

    answer = requests.post(f"{org.url}/_local/faults", json=[entry], timeout=10)

    assert (answer.status_code, code_of(answer)) == (400, "INVALID_FAULT")


@pytest.mark.req("ORG-09")
@pytest.mark.parametrize("service", ["soap", "bulk"])
def test_a_token_that_expires_is_gone_for_every_service(org, service):
    token = org.bearer()["Authorization"].split()[1]
    org.faults({"kind": "expire_token", "count": 1})

    if service == "soap":
        url, kind = f"{org.url}/services/Soap/u/67.0", {"Content-Type": "text/xml"}
        refused = requests.post(url, data=SOAP.format(token=token), headers=kind, timeout=10)
    else:
        url, kind = f"{org.url}/services/async/67.0/job", {"X-SFDC-Session": token}
        refused = requests.post(url, json={"object": "Account"}, headers=kind, timeout=10)

    assert refused.status_code >= 400
    assert "invalidsessionid" in refused.text.lower().replace("_", "")
    assert org.call("GET", "limits").status_code == 401
