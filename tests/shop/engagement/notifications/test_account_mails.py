import pytest
from allauth.account.models import EmailAddress
from django.template.loader import get_template

from shop.engagement.notifications.models import Message
from tests.factories.customers import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ravi():
    """A user whose address is confirmed."""
    user = UserFactory(email="ravi@example.com")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _mail():
    message = Message.objects.get()
    assert "Modern Store" in message.text
    assert "Modern Store" in message.html
    assert "&#x27;" not in message.text
    return message


@pytest.mark.req("ACC-01")
def test_a_new_account_gets_a_verification_mail(client):
    fields = {
        "email": "new@example.com",
        "full_name": "Meera Nair",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    client.post("/account/signup/", fields)

    message = _mail()
    assert (message.kind, message.recipient) == ("email_confirmation_signup", "new@example.com")
    assert message.subject == "Please confirm your e-mail address"
    assert "/account/confirm-email/" in message.text
    assert "/account/confirm-email/" in message.html


@pytest.mark.req("ACC-15")
def test_somebody_with_an_account_gets_a_link_to_a_new_password(client, ravi):
    client.post("/account/password/reset/", {"email": "ravi@example.com"})

    message = _mail()
    assert message.subject == "Choose a new password"
    assert "/account/password/reset/key/" in message.text
    assert "/account/password/reset/key/" in message.html


@pytest.mark.req("ACC-15")
def test_somebody_without_an_account_is_told_so_by_mail_only(client):
    client.post("/account/password/reset/", {"email": "nobody@example.com"})

    message = _mail()
    assert (message.kind, message.recipient) == ("unknown_account", "nobody@example.com")
    assert "nobody@example.com" in message.text


def test_a_changed_password_is_told_with_where_it_came_from(client, ravi):
    client.force_login(ravi)
    new = "another long phrase 8"

    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
        headers={"user-agent": "Browser 1"},
    )

    message = _mail()
    assert message.subject == "Your password was changed"
    assert "Browser 1" in message.text


@pytest.mark.parametrize(
    "name",
    [
        "account/email/account_already_exists",
        "account/email/email_changed",
        "account/email/email_confirm",
        "account/email/email_deleted",
        "account/email/password_reset",
        "account/email/password_set",
        "mfa/email/recovery_codes_generated",
        "mfa/email/totp_activated",
        "mfa/email/totp_deactivated",
        "mfa/email/webauthn_added",
        "mfa/email/webauthn_removed",
    ],
)
def test_every_account_mail_is_written_in_the_design_of_the_store(name):
    context = {
        "store": {"name": "Modern Store"},
        "email": "ravi@example.com",
        "from_email": "old@example.com",
        "to_email": "new@example.com",
        "deleted_email": "old@example.com",
        "password_reset_url": "https://store.example/reset",
        "ip": "192.0.2.7",
        "user_agent": "Browser 1",
        "timestamp": "today",
    }

    for ending in ("message.html", "message.txt"):
        body = get_template(f"{name}_{ending}").render(context)
        assert "Modern Store" in body
    assert get_template(f"{name}_subject.txt").render(context).strip()
