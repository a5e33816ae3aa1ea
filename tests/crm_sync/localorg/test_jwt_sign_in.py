"""Signing in with an assertion: its times, its key and its user."""

import base64
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crm_sync.localorg.credentials import load_or_create
from tests.crm_sync.certificates import self_signed_certificate
from tests.crm_sync.localorg.signing_in import BEARER, ask


def assertion(org, key=None, **claims):
    facts = {
        "iss": org.credentials["client_id"],
        "sub": org.credentials["username"],
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 120,
    }
    return jwt.encode({**facts, **claims}, key or org.private_key, algorithm="RS256")


@pytest.mark.parametrize("form", ["seconds", "milliseconds"])
@pytest.mark.req("ORG-02")
def test_an_assertion_may_expire_in_seconds_or_milliseconds(org, form):
    expiry = int(time.time()) + 120
    claims = {"exp": expiry if form == "seconds" else expiry * 1000, "aud": f"{org.url}/"}

    answer = ask(org, grant_type=BEARER, assertion=assertion(org, **claims))

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000_000_000},
        {"aud": "https://elsewhere.example"},
        {"sub": "somebody@else.example"},
        {"iss": "another-app"},
    ],
)
@pytest.mark.req("ORG-02")
def test_an_assertion_that_does_not_fit_is_refused(org, claims):
    answer = ask(org, grant_type=BEARER, assertion=assertion(org, **claims))

    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_client_id"}


@pytest.mark.req("ORG-02")
def test_an_assertion_counts_only_with_the_orgs_own_signature(org):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed = assertion(org)
    forged = signed.rpartition(".")[0] + "." + "A" * 342
    facts = jwt.decode(signed, options={"verify_signature": False})
    plain = jwt.encode(facts, None, algorithm="none")
    public = (org.folder / "jwt_public.pem").read_bytes()
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    body = head + b"." + signed.split(".")[1].encode()
    digest = base64.urlsafe_b64encode(hmac.digest(public, body, "sha256")).rstrip(b"=")
    confused = (body + b"." + digest).decode()

    for bad in (assertion(org, stranger), forged, plain, confused, "x.y.z", ""):
        answer = ask(org, grant_type=BEARER, assertion=bad)
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_grant"

    assert (org.folder / "jwt_private.pem").stat().st_mode & 0o777 == 0o600
    assert ask(org, grant_type=BEARER, assertion=signed).status_code == 200


@pytest.fixture
def certified(org):
    """The org with somebody's own certificate instead of its key; gives that person's key."""
    key, certificate = self_signed_certificate("shop")
    path = org.folder / "jwt_public.pem"
    own = path.read_bytes()
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    yield key
    path.write_bytes(own)


@pytest.mark.req("ORG-02")
def test_a_certificate_put_into_the_folder_replaces_the_orgs_key(org, certified):
    theirs = ask(org, grant_type=BEARER, assertion=assertion(org, certified))
    ours = ask(org, grant_type=BEARER, assertion=assertion(org))

    assert theirs.status_code == 200, theirs.text
    assert ours.json()["error"] == "invalid_grant"


def test_an_older_folder_gets_its_key_pair_at_the_next_start(tmp_path):
    path = tmp_path / "credentials.json"
    old = {"client_id": "i", "client_secret": "s", "username": "u", "password": "p"}
    path.write_text(json.dumps(old))

    first, second = load_or_create(path), load_or_create(path)

    assert first == second
    assert json.loads(path.read_text()) == {**old, "jwt_private_key": "jwt_private.pem"}
    assert (tmp_path / "jwt_private.pem").stat().st_mode & 0o777 == 0o600


def test_an_org_that_was_given_a_certificate_makes_no_key(tmp_path):
    (tmp_path / "jwt_public.pem").write_text("theirs")

    assert load_or_create(tmp_path / "credentials.json").jwt_private_key == ""
    assert not (tmp_path / "jwt_private.pem").exists()


@pytest.mark.req("ORG-02")
def test_an_assertion_signs_in_any_active_user(org):
    profile = org.query("SELECT ProfileId FROM User LIMIT 1")[0]["ProfileId"]
    facts = {"LastName": "Second", "Alias": "second", "Email": "second@example.com"}
    locale = {"TimeZoneSidKey": "Asia/Kolkata", "LocaleSidKey": "en_IN"}
    keys = {"EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US", "ProfileId": profile}
    name = "second@localorg.example"
    made = org.create("User", Username=name, IsActive=True, **facts, **locale, **keys)

    signed_in = ask(org, grant_type=BEARER, assertion=assertion(org, sub=name))
    org.call("PATCH", f"sobjects/User/{made}", json={"IsActive": False})
    refused = ask(org, grant_type=BEARER, assertion=assertion(org, sub=name))

    assert signed_in.json()["id"].endswith(made)
    assert refused.status_code == 400
    assert refused.json() == {"error": "inactive_user", "error_description": "user is inactive"}


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize("audience", ["http://[", "https://evil.example", "", ["https://["]])
def test_an_assertion_for_somebody_else_is_refused_in_words(org, audience):
    answer = ask(org, grant_type=BEARER, assertion=assertion(org, aud=audience))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
