"""The answer's headers, for one page of each class that a visitor can meet."""

import re

import pytest
from csp.decorators import csp_exempt, csp_update
from csp.exceptions import CSPNonceError
from csp.utils import build_policy
from django.http import HttpResponse
from django.urls import Resolver404, resolve

from config.middleware import ContentPolicyMiddleware

PAGES = {
    "home": "/",
    "search": "/search/?q=lamp",
    "cart": "/cart/",
    "tracking": "/orders/track/",
    "sign-in": "/account/login/",
    "sign-up": "/account/signup/",
    "admin": "/admin/login/",
    "reports": "/reports/",
    "API": "/api/v1/products/",
    "API pages": "/api/docs/",
    "health": "/healthz",
    "unknown": "/no/such/page/",
}
STRICT = [name for name in PAGES if name != "admin"]


def _exists(path):
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True


@pytest.fixture
def answer(client, settings, db):
    """Ask for one page, over TLS, with the settings of production."""
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True

    def ask(name):
        path = PAGES[name]
        if name != "unknown":
            assert _exists(path), f"{path} is a promised address and does not exist"
        return client.get(path, secure=True)

    return ask


def _policy(response):
    parts = response["Content-Security-Policy"].split(";")
    return {words[0]: set(words[1:]) for part in parts if (words := part.split())}


@pytest.mark.req("SEC-10")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_class_carries_the_safe_headers(answer, name):
    response = answer(name)

    assert response.status_code in ({404} if name == "unknown" else {200, 302, 401})
    assert response["Strict-Transport-Security"].startswith("max-age=31536000")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert re.fullmatch(r"[0-9A-Z]{26}", response["X-Request-ID"])
    assert _policy(response)["frame-ancestors"] == {"'none'"}
    assert _policy(response)["default-src"] == {"'self'"}


@pytest.mark.req("SEC-10")
@pytest.mark.parametrize("name", STRICT)
def test_outside_the_admin_no_inline_script_or_style_can_run(answer, name):
    policy = _policy(answer(name))

    sources = policy["script-src"] | policy["style-src"]
    assert not sources & {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"}


def test_the_admin_has_its_two_exceptions_and_no_more(answer):
    policy = _policy(answer("admin"))

    assert "'unsafe-eval'" in policy["script-src"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["style-src"] == {"'self'", "'unsafe-inline'"}


@pytest.mark.req("SEC-10")
def test_every_cookie_is_secure(answer):
    for name in PAGES:
        for cookie in answer(name).cookies.values():
            assert cookie["secure"], f"{cookie.key} of {name}"
            assert cookie["httponly"], f"{cookie.key} of {name}"
            assert cookie["samesite"] == "Lax", f"{cookie.key} of {name}"


@pytest.mark.req("SEC-10")
def test_plain_http_is_led_to_https(client, settings, db):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get("/")

    assert response.status_code == 301
    assert response["Location"] == "https://testserver/"


@pytest.mark.req("SEC-10")
def test_a_foreign_host_name_is_refused(client, db):
    assert client.get("/", headers={"host": "evil.example.com"}).status_code == 400


def test_a_request_id_is_kept_when_it_is_harmless_and_replaced_when_not(client, db):
    kept = client.get("/healthz", headers={"X-Request-ID": "click-12345678"})
    replaced = client.get("/healthz", headers={"X-Request-ID": "a b\x7f{}" * 30})

    assert kept["X-Request-ID"] == "click-12345678"
    assert re.fullmatch(r"[0-9A-Z]{26}", replaced["X-Request-ID"])


def test_the_ready_policy_is_the_one_that_the_library_builds(rf):
    def view(request):
        return HttpResponse(request.csp_nonce)

    response = ContentPolicyMiddleware(view)(rf.get("/"))
    nonce = response.content.decode()

    assert f"'nonce-{nonce}'" in _policy(response)["script-src"]
    built = HttpResponse(headers={"Content-Security-Policy": build_policy(nonce=nonce)})
    assert _policy(response) == _policy(built)


def test_a_nonce_asked_for_after_the_policy_was_written_is_refused(rf):
    def view(request):
        return HttpResponse()

    request = rf.get("/")
    response = ContentPolicyMiddleware(view)(request)

    assert "nonce-" not in response["Content-Security-Policy"]
    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)


def test_a_view_may_still_change_its_policy(rf):
    @csp_update({"img-src": "https://pictures.example"})
    def view(request):
        return HttpResponse()

    response = ContentPolicyMiddleware(view)(rf.get("/"))

    assert "https://pictures.example" in _policy(response)["img-src"]


def test_a_view_may_still_do_without_a_policy(rf):
    @csp_exempt()
    def view(request):
        return HttpResponse()

    assert "Content-Security-Policy" not in ContentPolicyMiddleware(view)(rf.get("/"))
