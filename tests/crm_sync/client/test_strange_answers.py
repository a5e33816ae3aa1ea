"""Answers that no local org gives, from plain HTTP servers that know nothing of ours."""

import pytest

from crm_sync.client import session
from crm_sync.client.faults import CallFailed, Kind
from crm_sync.client.org import Org
from crm_sync.client.soap import Conversion
from tests.crm_sync.stubs import ORGANIZATION, USER, Canned, stub_org

LOGIN_PAGE = "<!DOCTYPE html><html><body>Log in &nbsp;<form></form></body></html>"
ROWS = {"totalSize": 1, "done": True, "records": [{"Id": "001"}]}
HTML = {"Content-Type": "text/html"}
pytestmark = pytest.mark.req("CRM-26")


@pytest.fixture
def stub():
    with stub_org() as running:
        yield running


@pytest.fixture
def client(stub):
    opened = Org(stub.credentials())
    yield opened
    opened.close()


def upsert(client, count=1):
    records = [{"Shop_Id__c": f"a-{at}", "Name": "A"} for at in range(count)]
    return client.upsert_collection("Account", "Shop_Id__c", records)


def fault_of(call, *given, **named):
    with pytest.raises(CallFailed) as failure:
        call(*given, **named)
    return failure.value.fault


@pytest.mark.parametrize(
    ("canned", "kind"),
    [
        (Canned(200, LOGIN_PAGE, HTML), Kind.UNKNOWN),
        (Canned(200, b'[{"id": "001", "succ'), Kind.UNKNOWN),
        (Canned(200, b'[{"id": "001"', is_cut=True), Kind.UNKNOWN),
        (Canned(200, {"id": "001", "success": True}), Kind.UNKNOWN),
        (Canned(200, []), Kind.UNKNOWN),
        (Canned(204), Kind.UNKNOWN),
        (Canned(302, "", {"Location": "/elsewhere"}), Kind.TOKEN),
        (Canned(400, LOGIN_PAGE, HTML), Kind.TRANSIENT),
        (Canned(401, LOGIN_PAGE, HTML), Kind.TOKEN),
        (Canned(403, LOGIN_PAGE, HTML), Kind.REFUSED),
        (Canned(412, [{"errorCode": "PRECONDITION_FAILED", "message": ""}]), Kind.TRANSIENT),
        (Canned(413, "", HTML), Kind.TOO_BIG),
        (Canned(414, "", HTML), Kind.TOO_BIG),
        (Canned(420, "", HTML), Kind.TRANSIENT),
        (Canned(429, "", HTML), Kind.BUDGET),
        (Canned(429, {"message": "slow down"}), Kind.BUDGET),
        (Canned(500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "x"}]), Kind.TRANSIENT),
        (Canned(500, {"error": "unknown", "message": "x"}), Kind.TRANSIENT),
        (Canned(502, LOGIN_PAGE, HTML), Kind.UNKNOWN),
        (Canned(503, LOGIN_PAGE, HTML), Kind.TRANSIENT),
        (Canned(504, LOGIN_PAGE, HTML), Kind.UNKNOWN),
        (Canned(400, {"errorCode": "MALFORMED_QUERY", "message": "x"}), Kind.PERMANENT),
        (Canned(400, [{"statusCode": "STRING_TOO_LONG", "message": "x"}]), Kind.PERMANENT),
        (Canned(410, [{"errorCode": "UNSUPPORTED_API_VERSION", "message": "x"}]), Kind.RETIRED),
        (Canned(503, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "x"}]), Kind.BUDGET),
    ],
)
def test_whatever_answers_a_write_gets_its_place_in_the_table(stub, client, canned, kind):
    stub.script(canned)

    assert fault_of(upsert, client).kind is kind


@pytest.mark.parametrize(
    "body",
    [
        LOGIN_PAGE,
        [],
        None,
        {},
        {"totalSize": 1, "done": True},
        {"totalSize": 3, "done": False, "records": [{"Id": "001"}]},
    ],
)
def test_a_query_without_a_proper_answer_is_never_taken_for_no_rows(stub, client, body):
    stub.script(Canned(200, body))

    assert fault_of(client.query, "SELECT Id FROM Lead").kind is Kind.UNKNOWN


def test_a_count_without_a_number_is_no_zero(stub, client):
    stub.script(Canned(200, []))

    assert fault_of(client.count, "SELECT COUNT() FROM Lead").kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"success": False, "errors": {"statusCode": "UNABLE_TO_LOCK_ROW"}}, Kind.CONTENTION),
        ({"success": False, "errors": [{"errorCode": "STRING_TOO_LONG"}]}, Kind.PERMANENT),
        ({"success": False, "errors": []}, Kind.TRANSIENT),
        ({"success": False, "errors": ["broken"]}, Kind.TRANSIENT),
        ({"success": False}, Kind.TRANSIENT),
        ({"success": True}, Kind.UNKNOWN),
        ({}, Kind.TRANSIENT),
        (None, Kind.UNKNOWN),
        ("odd", Kind.UNKNOWN),
    ],
)
def test_a_strange_line_of_a_collection_is_the_trouble_of_its_record_alone(stub, client, row, kind):
    good = {"id": "001000000000001AAA", "success": True, "created": True, "errors": []}
    stub.script(Canned(200, [good, row]))

    first, second = upsert(client, 2)

    assert (first.fault, first.salesforce_id) == (None, "001000000000001AAA")
    assert second.fault.kind is kind


def test_short_ids_become_long_ones(stub, client):
    stub.script(
        Canned(200, [{"id": "001D000000IqhSL", "success": True, "errors": []}]),
        Canned(200, {**ROWS, "records": [{"Id": "001D000000IqhSL", "AccountId": None}]}),
    )

    assert upsert(client)[0].salesforce_id == "001D000000IqhSLIAZ"
    assert client.query("SELECT Id FROM Account")[0]["Id"] == "001D000000IqhSLIAZ"


def test_the_next_page_may_be_a_whole_address(stub, client):
    first = {**ROWS, "done": False, "nextRecordsUrl": f"{stub.url}/services/data/v67.0/query/01g-1"}
    stub.script(Canned(200, first), Canned(200, ROWS))

    assert len(client.query("SELECT Id FROM Lead")) == 2
    assert stub.requests[-1][1] == "/services/data/v67.0/query/01g-1"


def test_a_query_that_is_too_long_is_asked_in_halves(stub, client):
    stub.script(Canned(414, "", HTML), Canned(200, ROWS), Canned(200, ROWS))

    rows = list(client.query_by("SELECT Id FROM Lead WHERE Email IN {names}", ["a", "b", "c"]))

    assert len(rows) == 2
    assert len(stub.requests) == 3


def test_no_address_becomes_longer_than_salesforce_reads(stub, client):
    stub.script(Canned(200, {**ROWS, "records": []}))

    names = [f"{'ü' * 100}{at}@example.com" for at in range(100)]
    list(client.query_by("SELECT Id FROM Lead WHERE Email IN {names}", names))

    assert max(len(path) for _, path, _, _ in stub.requests) < 16_000


def test_without_the_limit_header_nothing_is_told_of_usage(stub, client):
    stub.script(Canned(200, {}))
    client.limits()

    assert client.usage is None


@pytest.mark.parametrize("name", ["sforce-limit-info", "SFORCE-LIMIT-INFO"])
def test_headers_may_be_written_in_any_case(stub, client, name):
    stub.script(Canned(200, {}, {name: "api-usage=18/15000; per-app-api-usage=17/250(appName=x)"}))
    client.limits()

    assert (client.usage.used, client.usage.limit) == (18, 15_000)


def test_an_odd_limit_header_is_no_error(stub, client):
    stub.script(Canned(200, {}, {"Sforce-Limit-Info": "nonsense"}))

    assert client.limits() == {}


@pytest.mark.parametrize(
    ("status", "told", "seconds"), [(429, "120", 120.0), (503, "soon", 0.0), (429, "-5", 0.0)]
)
def test_an_org_that_says_how_long_to_wait_is_heard(stub, client, status, told, seconds):
    stub.script(Canned(status, "", {"Retry-After": told}))

    assert fault_of(upsert, client).pause_seconds == seconds


def test_an_answer_that_drips_for_ever_ends_as_an_unknown_outcome(stub, client, monkeypatch):
    monkeypatch.setattr(session, "ANSWER_SECONDS", 0.3)
    stub.script(Canned(200, " " * 1000, seconds_between=0.05))

    fault = fault_of(upsert, client)

    assert fault.kind is Kind.UNKNOWN


def test_a_slow_answer_is_read_to_its_end(stub, client):
    stub.script(
        Canned(200, b'[{"id": "001000000000001AAA", "success": true}]', seconds_between=0.001)
    )

    assert upsert(client)[0].salesforce_id == "001000000000001AAA"


def test_a_token_never_follows_a_redirect(stub, client):
    with stub_org() as elsewhere:
        stub.script(Canned(307, "", {"Location": f"{elsewhere.url}/services/data/v67.0/limits"}))

        assert fault_of(client.limits).kind is Kind.TOKEN
        assert elsewhere.requests == []
    assert stub.sign_ins == 2


@pytest.mark.req("CRM-02")
def test_an_org_that_moved_is_found_by_signing_in_again(stub, client):
    with stub_org() as elsewhere:
        there = {"access_token": "00D!2", "instance_url": f"{elsewhere.url}/"}
        stub.script(Canned(302, "", {"Location": "/x"}))
        client.sign_in()
        stub.tokens = [Canned(200, there)]
        elsewhere.script(Canned(200, {"DailyApiRequests": {"Max": 5}}))

        assert client.limits() == {"DailyApiRequests": {"Max": 5}}


@pytest.mark.req("CRM-02")
def test_calls_go_to_the_address_that_the_token_names(stub):
    with stub_org() as instance:
        stub.tokens = [
            Canned(200, {"access_token": "00D!1", "instance_url": instance.url, "id": ""})
        ]
        instance.script(Canned(200, {}))
        client = Org(stub.credentials())
        client.limits()

        assert stub.requests == []
        assert len(instance.requests) == 1


@pytest.mark.req("CRM-01")
@pytest.mark.parametrize(
    ("canned", "kind"),
    [
        (Canned(200, LOGIN_PAGE, HTML), Kind.SIGN_IN),
        (Canned(302, "", {"Location": "/"}), Kind.SIGN_IN),
        (Canned(404, LOGIN_PAGE, HTML), Kind.SIGN_IN),
        (Canned(429, "", HTML), Kind.TRANSIENT),
        (Canned(500, {"error": "server_error"}), Kind.TRANSIENT),
        (Canned(503, LOGIN_PAGE, HTML), Kind.TRANSIENT),
        (Canned(200, []), Kind.SIGN_IN),
        (Canned(400, {"error": "invalid_grant", "error_description": "no user"}), Kind.SIGN_IN),
        (Canned(401, {"error": "invalid_client"}), Kind.SIGN_IN),
    ],
)
def test_a_sign_in_that_fails_is_told_apart_from_one_that_is_not_available(stub, canned, kind):
    stub.tokens = [canned]

    assert fault_of(Org(stub.credentials()).limits).kind is kind


def test_who_we_are_is_known_even_without_the_user_info_resource(stub, client):
    stub.script(Canned(403, "Bad_OAuth_Token", {"Content-Type": "text/plain"}))

    identity = client.identity()

    assert (identity["organization_id"], identity["user_id"]) == (ORGANIZATION, USER)


SOAP = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><!-- x -->'


@pytest.mark.parametrize(
    ("canned", "kind"),
    [
        (Canned(200, LOGIN_PAGE, HTML), Kind.UNKNOWN),
        (Canned(200, "<html><body/></html>", HTML), Kind.UNKNOWN),
        (Canned(200, f"{SOAP}<e:Body/></e:Envelope>"), Kind.UNKNOWN),
        (Canned(200, ""), Kind.UNKNOWN),
        (Canned(502, LOGIN_PAGE, HTML), Kind.UNKNOWN),
        (Canned(503, "<html><body/></html>", HTML), Kind.TRANSIENT),
        (
            Canned(
                500,
                f"{SOAP}<e:Body><e:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode>"
                "<faultstring>INVALID_SESSION_ID: gone</faultstring></e:Fault></e:Body>"
                "</e:Envelope>",
            ),
            Kind.TOKEN,
        ),
    ],
)
def test_a_conversion_without_a_proper_answer_is_looked_up_again(stub, client, canned, kind):
    stub.script(canned)

    fault = fault_of(client.convert_leads, [Conversion("00Q1", "Closed - Converted")])

    assert fault.kind is kind
