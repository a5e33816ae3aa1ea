"""Who gets in, and how."""

import base64
import hashlib
import hmac
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.crm_sync.localorg.signing_in import ask, client, user_of
from tests.crm_sync.orgs import OrgProcess, free_port


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

    door = given.json()["frontdoor_uri"]
    arrived = requests.get(door, timeout=9)
    listed = requests.get(f"{org.url}/lightning/o/Account/list", timeout=9)
    assert door.startswith(f"{org.url}/secur/frontdoor.jsp?otp=")
    assert door.endswith("&startURL=o%2FAccount%2F")
    assert arrived.url == listed.url == f"{org.url}/o/Account/"
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


@pytest.mark.req("ORG-02")
def test_a_call_without_a_session_says_whether_it_was_the_header_or_the_session(org):
    def asked(**headers):
        answer = requests.get(f"{org.url}/services/data/v67.0/limits", headers=headers, timeout=10)
        return answer.status_code, answer.json()[0]["errorCode"], answer.headers["WWW-Authenticate"]

    assert asked() == (401, "INVALID_SESSION_ID", "Token")
    assert asked(Authorization="Bearer 00Dxx!nothing") == (401, "INVALID_SESSION_ID", "Token")
    assert asked(Authorization="nonsense") == (401, "INVALID_AUTH_HEADER", "Token")


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


@pytest.mark.req("ORG-02")
def test_an_application_without_a_secret_needs_a_challenge(org):
    answer = consent(org, org.credentials["password"], client_id="PlatformCLI")

    assert answer.status_code == 400
    assert "missing required code challenge" in answer.text


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize(
    "target", ["https://[", "https://a;script-src *", "http://localhost@evil.example/", "//evil"]
)
def test_no_address_breaks_out_of_the_headers_of_the_consent_page(org, target):
    answer = consent(org, org.credentials["password"], redirect_uri=target)

    assert answer.status_code == 400
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
