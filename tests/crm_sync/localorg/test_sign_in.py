"""Who gets in, and how."""

import base64
import hashlib
import hmac
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crm_sync.localorg.credentials import load_or_create
from tests.crm_sync.certificates import self_signed_certificate
from tests.crm_sync.orgs import OrgProcess, free_port

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


@pytest.mark.req("ORG-02")
def test_a_browser_address_is_given_only_to_a_session_and_only_in_this_org(org):
    url = f"{org.url}/services/oauth2/singleaccess"

    given = requests.get(
        url, params={"redirect_uri": "o/Account/"}, headers=org.bearer(), timeout=9
    )
    away = requests.get(
        url, params={"redirect_uri": "//evil.example//x"}, headers=org.bearer(), timeout=9
    )
    nobody = requests.get(url, timeout=9)

    assert given.json() == {"frontdoor_uri": f"{org.url}/o/Account/"}
    assert away.json()["error"] == "invalid_request"
    assert nobody.status_code == 401


def test_the_credentials_file_is_for_its_owner_only(org):
    assert (org.folder / "credentials.json").stat().st_mode & 0o777 == 0o600


def chosen(org, **wish):
    """What the consent page is asked."""
    known = {"response_type": "code", "client_id": org.credentials["client_id"]}
    return {**known, "redirect_uri": "http://localhost:1717/OauthRedirect", **wish}


def consent(org, password, **wish):
    return requests.post(
        f"{org.url}/services/oauth2/authorize",
        params=chosen(org, **wish),
        data={"password": password},
        timeout=10,
        allow_redirects=False,
    )


def answer_of(response):
    return parse_qs(urlsplit(response.headers["Location"]).query)


@pytest.mark.req("ORG-02", "CRM-02")
def test_the_web_server_flow_wants_the_verifier_of_its_challenge(org):
    digest = hashlib.sha256(b"v" * 50).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    wrong = consent(org, "nonsense")
    codes = [
        answer_of(consent(org, org.credentials["password"], state="s1", code_challenge=challenge))
        for _ in range(2)
    ]
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": chosen(org)["redirect_uri"],
        "client_id": org.credentials["client_id"],
    }
    stolen = ask(org, **form, code=codes[0]["code"][0], code_verifier="w" * 50)
    owned = ask(org, **form, code=codes[1]["code"][0], code_verifier="v" * 50)

    assert wrong.status_code == 200
    assert "password is not right" in wrong.text
    assert codes[0]["state"] == ["s1"]
    assert stolen.json()["error"] == "invalid_grant"
    assert owned.status_code == 200


@pytest.mark.req("ORG-02")
def test_a_code_works_once_and_a_refresh_token_again_and_again(org):
    code = answer_of(consent(org, org.credentials["password"]))["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": chosen(org)["redirect_uri"],
    }

    first, second = (ask(org, **form, **client(org)) for _ in range(2))
    refresh = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
    again = [ask(org, **refresh, **client(org)).json() for _ in range(2)]

    assert second.json()["error"] == "invalid_grant"
    assert "refresh_token" not in again[0]
    assert again[0]["access_token"] != again[1]["access_token"]


@pytest.mark.parametrize("redirect", ["javascript:alert(1)", "http://evil.example/", "/back"])
def test_a_code_goes_only_to_a_safe_address(org, redirect):
    answer = consent(org, org.credentials["password"], redirect_uri=redirect)

    assert answer.status_code == 400


LOGIN = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<login xmlns="urn:partner.soap.sforce.com"><username>{username}</username>'
    "<password>{password}</password></login></e:Body></e:Envelope>"
)


def soap_login(org, version, **known):
    url = f"{org.url}/services/Soap/u/{version}"
    headers = {"Content-Type": "text/xml", "SOAPAction": "login"}
    return requests.post(url, data=LOGIN.format(**known), headers=headers, timeout=10).text


@pytest.mark.req("ORG-02", "CRM-02")
def test_passwords_work_only_behind_the_flag_and_up_to_version_64(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "org", options=("--allow-password",)).start()
    try:
        known = {name: org.credentials[name] for name in ("username", "password")}
        granted = ask(org, grant_type="password", **client(org), **known)
        wrong = ask(org, grant_type="password", **client(org), **{**known, "password": "x"})
        old, new = (soap_login(org, version, **known) for version in ("64.0", "65.0"))
    finally:
        org.stop()

    assert granted.status_code == 200
    assert wrong.json()["error"] == "invalid_grant"
    assert "<sessionId>00D" in old
    assert "INVALID_OPERATION" in new


@pytest.mark.req("ORG-02")
def test_an_expired_session_is_refreshed(org):
    code = answer_of(consent(org, org.credentials["password"]))["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": chosen(org)["redirect_uri"],
    }
    first = ask(org, **form, **client(org)).json()
    org.faults({"kind": "expire_token", "count": 1})
    limits = f"{org.url}/services/data/v67.0/limits"

    def status(token):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(limits, headers=headers, timeout=10).status_code

    before = [status(first["access_token"]) for _ in range(2)]
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    again = ask(org, **refresh, **client(org)).json()

    assert before == [401, 401]
    assert status(again["access_token"]) == 200


def identity(org, **options):
    path = f"/id/{org.query('SELECT Id FROM Organization')[0]['Id']}/{user_of(org)}"
    return requests.get(f"{org.url}{path}", timeout=10, **options)


def user_of(org):
    name = org.credentials["username"]
    return org.query(f"SELECT Id FROM User WHERE Username = '{name}'")[0]["Id"]


@pytest.mark.req("ORG-02")
def test_the_identity_address_takes_a_token_in_the_header_or_in_the_address(org):
    token = org.bearer()["Authorization"][7:]

    told = identity(org, headers={"Authorization": f"OAuth {token}"}).json()
    same = identity(org, params={"oauth_token": token, "version": "latest"}).json()

    assert told["user_id"] == same["user_id"] == user_of(org)
    assert told["urls"]["rest"] == f"{org.url}/services/data/v{{version}}/"
    assert same["urls"]["rest"] == f"{org.url}/services/data/v68.0/"
    assert set(told["photos"]) == {"picture", "thumbnail"}


@pytest.mark.req("ORG-02")
def test_the_identity_comes_in_the_form_that_is_asked_for(org):
    by_header = identity(org, headers={**org.bearer(), "Accept": "application/xml"})
    by_name = identity(org, headers=org.bearer(), params={"format": "urlencoded"})

    assert by_header.headers["Content-Type"].startswith("application/xml")
    assert f"<user_id>{user_of(org)}</user_id>" in by_header.text
    assert parse_qs(by_name.text)["user_id"] == [user_of(org)]


@pytest.mark.req("ORG-02")
def test_an_identity_is_refused_in_the_words_of_the_identity_service(org):
    good = org.bearer()
    org_id = org.query("SELECT Id FROM Organization")[0]["Id"]
    other = f"{org.url}/id/00D000000000000AAA/{user_of(org)}"
    unknown = f"{org.url}/id/{org_id}/005000000000000AAA"

    found = [
        identity(org),
        identity(org, headers={"Authorization": "Bearer nothing"}),
        requests.get(other, headers=good, timeout=10),
        requests.get(unknown, headers=good, timeout=10),
    ]

    assert [(each.status_code, each.text) for each in found] == [
        (403, "Missing_OAuth_Token"),
        (403, "Bad_OAuth_Token"),
        (403, "Wrong_Org"),
        (404, "Bad_Id"),
    ]


@pytest.mark.req("ORG-02")
def test_a_call_without_a_session_says_whether_it_was_the_header_or_the_session(org):
    def asked(**headers):
        answer = requests.get(f"{org.url}/services/data/v67.0/limits", headers=headers, timeout=10)
        return answer.status_code, answer.json()[0]["errorCode"], answer.headers["WWW-Authenticate"]

    assert asked() == (401, "INVALID_SESSION_ID", "Token")
    assert asked(Authorization="Bearer 00Dxx!nothing") == (401, "INVALID_SESSION_ID", "Token")
    assert asked(Authorization="nonsense") == (401, "INVALID_AUTH_HEADER", "Token")


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
def test_a_session_without_the_right_scope_is_not_for_the_data_services(org):
    code = answer_of(consent(org, org.credentials["password"], scope="id openid"))["code"][0]
    form = {"grant_type": "authorization_code", "redirect_uri": chosen(org)["redirect_uri"]}

    told = ask(org, **form, code=code, **client(org)).json()
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    data = requests.get(f"{org.url}/services/data/v67.0/limits", headers=bearer, timeout=10)
    who = requests.get(f"{org.url}/services/oauth2/userinfo", headers=bearer, timeout=10)

    assert (told["scope"], "refresh_token" in told) == ("id openid", False)
    assert data.status_code == 401
    assert data.json() == [
        {
            "message": "This session is not valid for use with the REST API",
            "errorCode": "INVALID_SESSION_ID",
        }
    ]
    assert who.json()["user_id"] == user_of(org)


@pytest.mark.req("ORG-02")
def test_revoking_an_access_token_leaves_the_sign_in_and_revoking_the_other_ends_it(org):
    code = answer_of(consent(org, org.credentials["password"]))["code"][0]
    form = {"grant_type": "authorization_code", "redirect_uri": chosen(org)["redirect_uri"]}
    first = ask(org, **form, code=code, **client(org)).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    place = f"{org.url}/services/oauth2"

    def active(token):
        form = {"token": token, **client(org)}
        return requests.post(f"{place}/introspect", data=form, timeout=10).json()["active"]

    requests.get(f"{place}/revoke", params={"token": first["access_token"]}, timeout=10)
    after_access = ask(org, **refresh, **client(org))
    known = active(first["refresh_token"])
    gone = requests.post(f"{place}/revoke", data={"token": first["refresh_token"]}, timeout=10)
    again = requests.post(f"{place}/revoke", data={"token": first["refresh_token"]}, timeout=10)

    assert after_access.status_code == 200
    assert active(first["access_token"]) is False
    assert known is True
    assert (gone.status_code, gone.content) == (200, b"")
    assert again.json()["error"] == "unsupported_token_type"
    assert active(after_access.json()["access_token"]) is False
    assert ask(org, **refresh, **client(org)).json() == {
        "error": "invalid_grant",
        "error_description": "expired access/refresh token",
    }


@pytest.mark.req("ORG-02")
def test_the_cli_signs_in_as_its_own_application_without_a_secret(org):
    verifier = "v" * 50
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    wish = {"client_id": "PlatformCLI", "scope": "refresh_token api web"}
    code = answer_of(consent(org, org.credentials["password"], **wish, code_challenge=challenge))[
        "code"
    ][0]
    form = {
        "grant_type": "authorization_code",
        "client_id": "PlatformCLI",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": chosen(org)["redirect_uri"],
    }

    first = ask(org, **form)
    refresh = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
    again = ask(org, **refresh, client_id="PlatformCLI")
    other = ask(org, **refresh, **client(org))

    assert (first.status_code, again.status_code) == (200, 200)
    assert other.json()["error"] == "invalid_grant"
    refused = ask(org, grant_type="client_credentials", client_id="PlatformCLI")
    assert refused.json()["error"] == "invalid_client_id"
