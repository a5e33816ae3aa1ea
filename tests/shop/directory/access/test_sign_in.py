from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate, user_logged_in
from django.test import RequestFactory

from shop.core.models import AuditEntry
from shop.directory.access import policies, selectors, services
from shop.directory.access.models import ApiKey, SignInEvent
from tests.factories.core import NOW, STAFF_ACTOR
from tests.factories.customers import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def _issue(**values):
    facts = {"name": "ERP", "scopes": ["storefront"], **values}
    return services.issue_api_key(**facts, actor=STAFF_ACTOR, now=NOW)


def test_a_key_opens_what_it_was_made_for():
    token = _issue()

    key = selectors.find_api_key(token, now=NOW)

    assert key.name == "ERP"
    assert policies.key_allows(key, "storefront")
    assert not policies.key_allows(key, "orders")
    assert policies.key_allows(ApiKey(scopes=["admin"]), "orders")
    assert selectors.actor_for_key(key).kind == "API"


def test_only_the_hash_of_a_key_is_kept():
    token = _issue()

    stored = str(ApiKey.objects.values().get()) + str(AuditEntry.objects.values().get())

    assert token.split("_", 2)[2] not in stored


@pytest.mark.parametrize(
    "forge", [lambda t: t[:-1] + "!", lambda t: t[3:], lambda t: "", str.upper]
)
def test_a_forged_key_opens_nothing(forge):
    assert selectors.find_api_key(forge(_issue()), now=NOW) is None


def test_a_key_ends_when_it_expires_or_is_revoked():
    passing = _issue(expires_at=NOW + timedelta(days=1))
    revoked = _issue()

    assert selectors.find_api_key(passing, now=NOW + timedelta(days=1)) is None
    services.revoke_api_key(
        key_id=selectors.find_api_key(revoked, now=NOW).pk, actor=STAFF_ACTOR, now=NOW
    )
    assert selectors.find_api_key(revoked, now=NOW) is None


def test_the_use_of_a_key_is_noted_once_a_minute(django_assert_num_queries):
    key = selectors.find_api_key(_issue(), now=NOW)

    services.note_key_use(key=key, now=NOW)
    key.refresh_from_db()
    services.note_key_use(key=key, now=NOW + timedelta(seconds=59))

    assert ApiKey.objects.get().last_used_at == NOW


def test_wrong_passwords_are_counted_without_keeping_the_address():
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Browser")

    for _ in range(2):
        assert authenticate(request, email="ravi@example.com", password="wrong") is None

    event = SignInEvent.objects.latest("pk")
    assert (event.outcome, event.ip, event.user_agent) == ("FAILURE", "192.0.2.7", "Browser")
    assert "ravi" not in str(SignInEvent.objects.values())
    assert selectors.failures_since("RAVI@example.com", event.at - timedelta(minutes=1)) == 2


def test_a_sign_in_is_logged_with_the_user():
    user = UserFactory()
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")

    user_logged_in.send(sender=type(user), request=request, user=user)

    assert selectors.sign_ins_of(user).get().outcome == "SUCCESS"


@pytest.mark.req("ACC-03")
def test_staff_let_somebody_try_again_at_once(client):
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    wrong = {"login": user.email, "password": "wrong"}
    right = {"login": user.email, "password": PASSWORD}
    for _ in range(6):
        client.post("/account/login/", wrong)
    client.post("/account/login/", right)
    assert "_auth_user_id" not in client.session

    services.unlock(user=user, host="testserver", actor=STAFF_ACTOR, now=NOW)

    client.post("/account/login/", right)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert AuditEntry.objects.filter(action="access.unlocked").count() == 1
