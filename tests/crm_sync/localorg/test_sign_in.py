"""Who gets in, and how."""

import base64
import hashlib
import hmac
import re
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def ask(org, **form):
    return requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=10)


def client(org):
    return {name: org.credentials[name] for name in ("client_id", "client_secret")}


@pytest.mark.req("ORG-02", "CRM-02")
def test_client_credentials_give_a_token_of_the_real_shape(org):
    answer = ask(org, grant_type="client_credentials", **client(org))

    body = answer.json()
    assert answer.status_code == 200
    assert re.fullmatch(r"00D\w{12,15}![\w.]+", body["access_token"])
    assert body["token_type"] == "Bearer"
    assert body["instance_url"] == org.url
    assert "expires_in" not in body
    assert all(isinstance(value, str) for value in body.values())
    text = (body["id"] + body["issued_at"]).encode()
    digest = hmac.new(org.credentials["client_secret"].encode(), text, hashlib.sha256).digest()
    assert base64.b64encode(digest).decode() == body["signature"]


@pytest.mark.req("ORG-02")
def test_client_credentials_may_come_as_http_basic(org):
    known = client(org)

    answer = requests.post(
        f"{org.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(known["client_id"], known["client_secret"]),
        timeout=10,
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "a", "password": "b"}, "invalid_grant"),
    ],
)
@pytest.mark.req("ORG-02")
def test_a_wrong_sign_in_is_refused_in_the_words_of_the_protocol(org, form, code):
    answer = ask(org, **{"grant_type": "client_credentials", **client(org), **form})

    assert answer.status_code == 400
    assert answer.json()["error"] == code
    assert set(answer.json()) == {"error", "error_description"}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def assertion(org, key, **claims):
    facts = {
        "iss": org.credentials["client_id"],
        "sub": org.credentials["username"],
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 120,
    }
    return jwt.encode({**facts, **claims}, key, algorithm="RS256")


@pytest.mark.parametrize("form", ["seconds", "milliseconds"])
@pytest.mark.req("ORG-02")
def test_an_assertion_may_expire_in_seconds_or_milliseconds(org, key, form):
    expiry = int(time.time()) + 120
    claims = {"exp": expiry if form == "seconds" else expiry * 1000, "aud": f"{org.url}/"}

    answer = ask(org, grant_type=BEARER, assertion=assertion(org, key, **claims))

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
def test_an_assertion_that_does_not_fit_is_refused(org, key, claims):
    answer = ask(org, grant_type=BEARER, assertion=assertion(org, key, **claims))

    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_client_id"}


@pytest.mark.req("ORG-02")
def test_a_revoked_token_opens_nothing(org):
    token = ask(org, grant_type="client_credentials", **client(org)).json()["access_token"]
    headers = {"Authorization": f"OAuth {token}"}
    limits = f"{org.url}/services/data/v67.0/limits"
    assert requests.get(limits, headers=headers, timeout=10).status_code == 200

    requests.post(f"{org.url}/services/oauth2/revoke", data={"token": token}, timeout=10)

    answer = requests.get(limits, headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


@pytest.mark.req("ORG-02")
def test_userinfo_names_the_integration_user(org):
    answer = requests.get(f"{org.url}/services/oauth2/userinfo", headers=org.bearer(), timeout=10)

    assert answer.json()["preferred_username"] == org.credentials["username"]
    assert answer.json()["organization_id"].startswith("00D")


def test_the_credentials_file_is_for_its_owner_only(org):
    assert (org.folder / "credentials.json").stat().st_mode & 0o777 == 0o600
