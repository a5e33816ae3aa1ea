"""Signing in with an account elsewhere, against a provider that answers over HTTP."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import environ
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from config import headers, social
from shop.directory.customers.models import Customer, User
from tests.factories.orders import registered_customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("ACC-03")]
ASHA = {"sub": "42", "email": "asha@example.com", "email_verified": True, "name": "Asha Rao"}


class Provider(ThreadingHTTPServer):
    """Just enough OpenID Connect: who signs in there is whoever the test says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.person = dict(ASHA)
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        place = urlsplit(self.path).path
        if place == "/userinfo":
            self.answer(self.server.person)
        else:
            ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            self.answer({f"{k}_endpoint": f"{self.server.url}/{v}" for k, v in ends.items()})

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if body["code"] == ["right"]:
            self.answer({"access_token": "secret-token", "token_type": "Bearer"})
        else:
            self.answer({"error": "invalid_grant"}, status=400)

    def answer(self, facts, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(facts).encode())

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture
def provider(settings):
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app = social.apps(environ_of(GOOGLE_CLIENT_ID="store", GOOGLE_CLIENT_SECRET="shh"))[0]
    app["settings"]["server_url"] = server.url
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()


def environ_of(**variables):
    env = environ.Env()
    env.ENVIRON = variables
    return env


def come_back(client, code="right"):
    """Press the button and return from the provider."""
    leave = client.post("/account/oidc/google/login/")
    assert leave.status_code == 302
    state = parse_qs(urlsplit(leave["Location"]).query)["state"][0]
    return client.get("/account/oidc/google/login/callback/", {"code": code, "state": state})


def confirmed(user):
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)


def is_signed_in(client):
    return client.get("/account/").status_code == 200


def test_the_button_shows_only_when_a_provider_is_set_up(client, provider, settings):
    assert "Continue with Google" in client.get("/account/login/").content.decode()
    assert "Continue with Google" in client.get("/account/signup/").content.decode()

    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}

    assert "Continue with" not in client.get("/account/login/").content.decode()
    assert client.post("/account/oidc/google/login/").status_code == 404


def test_a_new_visitor_becomes_a_customer_with_a_confirmed_address(client, provider):
    come_back(client)

    customer = Customer.objects.get()
    assert (customer.email, customer.full_name) == ("asha@example.com", "Asha Rao")
    assert customer.user.emailaddress_set.get().verified
    assert not customer.user.has_usable_password()
    assert is_signed_in(client)


def test_a_verified_match_opens_the_account_that_is_there(client, provider):
    customer = registered_customer()
    confirmed(customer.user)

    come_back(client)

    assert is_signed_in(client)
    assert User.objects.get() == SocialAccount.objects.get().user == customer.user
    assert Customer.objects.get() == customer


def test_an_address_that_the_provider_has_not_verified_opens_nothing(client, provider):
    confirmed(registered_customer().user)
    provider.person["email_verified"] = False

    come_back(client)

    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_a_new_visitor_with_an_unverified_address_has_to_confirm_it(client, provider):
    provider.person["email_verified"] = False

    come_back(client)

    assert not is_signed_in(client)
    assert not User.objects.get().emailaddress_set.get().verified


def test_a_forged_return_or_a_wrong_code_signs_nobody_in(client, provider):
    come_back(client, code="wrong")
    stranger = Client()
    stranger.get("/account/oidc/google/login/callback/", {"code": "right", "state": "forged"})

    assert not is_signed_in(client)
    assert not is_signed_in(stranger)
    assert not User.objects.exists()


def test_a_get_only_asks_before_it_leads_away(client, provider):
    answer = client.get("/account/oidc/google/login/")

    assert answer.status_code == 200
    assert "Google" in answer.content.decode()


def test_the_environment_names_the_providers_and_where_forms_may_lead():
    nothing = social.apps(environ_of())
    both = social.apps(
        environ_of(
            GOOGLE_CLIENT_ID="g",
            GOOGLE_CLIENT_SECRET="s",
            OPENID_NAME="Company",
            OPENID_SERVER_URL="https://id.example.com/realms/staff",
            OPENID_CLIENT_ID="o",
            OPENID_CLIENT_SECRET="s",
        )
    )

    assert nothing == []
    assert [app["name"] for app in both] == ["Google", "Company"]
    policy = headers.content_policy(social.origins(both))["DIRECTIVES"]
    assert policy["form-action"] == [
        "'self'", "https://accounts.google.com", "https://id.example.com",
    ]  # fmt: skip
    assert headers.content_policy()["DIRECTIVES"]["form-action"] == ["'self'"]
