"""Calls to an org: sign-in, tokens, certificates, usage."""

import http.server
import ssl
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from crm_sync.client.faults import CallFailed, Kind
from crm_sync.client.org import Org
from crm_sync.client.session import check_address
from crm_sync.client.sign_in import Credentials
from tests.crm_sync.certificates import self_signed_certificate


def credentials(org, **changes) -> Credentials:
    facts = {
        "login_url": org.url,
        "flow": "client_credentials",
        "client_id": org.credentials["client_id"],
        "client_secret": org.credentials["client_secret"],
        **changes,
    }
    return Credentials(**facts)


def refusal(**facts):
    client = Org(Credentials(**facts))
    with pytest.raises(CallFailed) as failure:
        client.limits()
    client.close()
    return failure.value.fault


@pytest.mark.req("CRM-02")
def test_client_credentials_sign_in(org):
    client = Org(credentials(org))

    assert client.limits()["DailyApiRequests"]["Max"] > 0
    assert client.identity()["preferred_username"] == org.credentials["username"]


@pytest.mark.req("CRM-02")
def test_jwt_bearer_signs_in(org):
    client = Org(
        credentials(
            org,
            flow="jwt",
            client_secret="",
            private_key=org.private_key,
            username=org.credentials["username"],
        )
    )

    assert client.limits()["DailyApiRequests"]["Max"] > 0


@pytest.mark.req("CRM-01")
def test_a_wrong_secret_says_so(org):
    fault = refusal(**_facts(org, client_secret="wrong"))

    assert fault.kind is Kind.SIGN_IN
    assert "client secret is wrong" in fault.message


@pytest.mark.req("CRM-01")
def test_a_wrong_client_says_so(org):
    fault = refusal(**_facts(org, client_id="nobody"))

    assert fault.kind is Kind.SIGN_IN


def _facts(org, **changes):
    return {
        "login_url": org.url,
        "flow": "client_credentials",
        "client_id": org.credentials["client_id"],
        "client_secret": org.credentials["client_secret"],
        **changes,
    }


@pytest.mark.req("CRM-01")
def test_a_host_that_is_not_there_says_so(org):
    fault = refusal(**_facts(org, login_url="http://127.0.0.1:9"))

    assert fault.kind is Kind.NOT_SENT
    assert fault.message.startswith("Salesforce cannot be reached")


def test_a_key_that_cannot_be_read_is_a_sign_in_problem(org):
    fault = refusal(**_facts(org, flow="jwt", private_key="nonsense", username="x"))

    assert (fault.kind, fault.code) == (Kind.SIGN_IN, "invalid_client")


@pytest.mark.req("CRM-02")
def test_an_expired_session_is_renewed_once_and_the_call_repeated_once(org):
    client = Org(credentials(org))
    client.limits()
    before = client.sign_in().value
    org.faults({"kind": "expire_token", "count": 1})

    assert client.limits()["DailyApiRequests"]["Max"] > 0
    assert client.sign_in().value != before


@pytest.mark.req("CRM-02")
def test_a_second_refusal_is_final(org):
    client = Org(credentials(org))
    calls = []
    client.watch(calls.append)
    org.faults({"kind": "expire_token", "rate": 1.0})

    with pytest.raises(CallFailed) as failure:
        client.limits()

    assert failure.value.fault.kind is Kind.TOKEN
    assert [(call.status, call.code) for call in calls] == [(401, "INVALID_SESSION_ID")] * 2


def test_every_answer_tells_the_usage(org):
    client = Org(credentials(org))
    client.limits()
    first = client.usage.used
    client.query("SELECT Id FROM Account")

    assert client.usage.used == first + 1


def test_a_refused_call_tells_the_usage_as_well(org):
    client = Org(credentials(org))
    client.limits()
    org.limits(1)
    client.query("SELECT Id FROM Account")
    with pytest.raises(CallFailed) as failure:
        client.query("SELECT Id FROM Account")

    assert failure.value.fault.kind is Kind.BUDGET
    assert client.usage.limit == 1


def test_a_dropped_answer_is_an_unknown_outcome(org):
    client = Org(credentials(org))
    client.limits()
    org.faults({"kind": "drop_after_commit", "count": 1})

    with pytest.raises(CallFailed) as failure:
        client.upsert_collection(
            "Account", "Shop_Id__c", [{"Shop_Id__c": "main-acct-1", "Name": "Dropped"}]
        )

    assert failure.value.fault.kind is Kind.UNKNOWN
    assert len(org.query("SELECT Id FROM Account WHERE Shop_Id__c = 'main-acct-1'")) == 1


def test_html_instead_of_json_is_transient(org):
    client = Org(credentials(org))
    client.limits()
    org.faults({"kind": "maintenance", "rate": 1.0})

    with pytest.raises(CallFailed) as failure:
        client.limits()

    assert (failure.value.fault.kind, failure.value.fault.code) == (Kind.TRANSIENT, "NOT_JSON")


def test_a_question_that_got_lost_is_asked_again(org):
    client = Org(credentials(org))
    client.limits()
    org.faults({"kind": "unavailable", "count": 2})

    assert client.limits()["DailyApiRequests"]["Max"] > 0


def test_a_write_is_never_repeated_by_the_client(org):
    client = Org(credentials(org))
    client.limits()
    org.faults({"kind": "unavailable", "count": 1})

    with pytest.raises(CallFailed) as failure:
        client.upsert_collection("Account", "Shop_Id__c", [{"Shop_Id__c": "a-1", "Name": "One"}])

    assert failure.value.fault.kind is Kind.TRANSIENT
    assert org.query("SELECT Id FROM Account WHERE Shop_Id__c = 'a-1'") == []


def test_values_in_queries_are_escaped(org):
    client = Org(credentials(org))
    name = "O'Neil \\ Söhne"
    client.upsert_collection("Account", "Shop_Id__c", [{"Shop_Id__c": "main-acct-1", "Name": name}])

    rows = client.query("SELECT Name FROM Account WHERE Name = {name}", name=name)

    assert [row["Name"] for row in rows] == [name]


def test_pages_of_a_query_are_followed(org):
    client = Org(credentials(org))
    for start in range(0, 2200, 200):
        client.upsert_collection(
            "Account",
            "Shop_Id__c",
            [{"Shop_Id__c": f"a-{start + at}", "Name": "Many"} for at in range(200)],
        )

    assert len(client.query("SELECT Id FROM Account WHERE Name = 'Many'")) == 2200


def test_names_are_asked_for_in_parts(org):
    client = Org(credentials(org))
    client.upsert_collection("Account", "Shop_Id__c", [{"Shop_Id__c": "n-700", "Name": "N"}])

    rows = client.query_by(
        "SELECT Shop_Id__c FROM Account WHERE Shop_Id__c IN {names}",
        [f"n-{number}" for number in range(900)],
    )

    assert [row["Shop_Id__c"] for row in rows] == ["n-700"]


@pytest.mark.req("CRM-04")
@pytest.mark.parametrize(
    "address", ["http://example.com", "http://10.0.0.7", "ftp://127.0.0.1", "x"]
)
def test_only_loopback_may_be_unencrypted(address):
    with pytest.raises(CallFailed) as failure:
        check_address(address)

    assert failure.value.fault.kind is Kind.SIGN_IN


@pytest.fixture
def self_signed(tmp_path):
    """An HTTPS server with a certificate of its own; answers its address and the certificate."""
    key, certificate = self_signed_certificate("localhost")
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    ca_path = tmp_path / "ca.pem"
    ca_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}", str(ca_path)
    server.shutdown()
    server.server_close()


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers every sign-in with a refusal, which proves that the request got through."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b'{"error": "invalid_client", "error_description": "invalid"}'
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.mark.req("CRM-04")
def test_a_self_signed_server_is_refused(self_signed):
    address, _ = self_signed

    fault = refusal(login_url=address, flow="client_credentials", client_id="a", client_secret="b")

    assert fault.kind is Kind.NOT_SENT
    assert fault.message.startswith("The server's certificate is not trusted")


@pytest.mark.req("CRM-04")
def test_a_private_authority_can_be_added(self_signed):
    address, ca_file = self_signed

    fault = refusal(
        login_url=address,
        flow="client_credentials",
        client_id="a",
        client_secret="b",
        ca_file=ca_file,
    )

    assert (fault.kind, fault.code) == (Kind.SIGN_IN, "invalid_client")


@pytest.mark.req("CRM-04")
def test_nowhere_is_verification_switched_off():
    root = Path(__file__).resolve().parents[3]
    sources = [
        *root.glob("crm_sync/**/*.py"),
        *root.glob("shop/**/*.py"),
        *root.glob("config/*.py"),
    ]
    switched_off = ("verify=" + "False", "verify = " + "False", "CERT_" + "NONE")
    guilty = [path for path in sources if any(word in path.read_text() for word in switched_off)]

    assert guilty == []


def test_secrets_are_not_in_the_text_of_credentials(org):
    shown = repr(credentials(org, private_key="very secret"))

    assert org.credentials["client_secret"] not in shown
    assert "very secret" not in shown
