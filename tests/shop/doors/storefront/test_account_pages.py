"""Sign-up, profile and address book."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from shop.core.models import AuditEntry
from shop.directory.customers.models import Address, Customer, User
from shop.doors.storefront import devices
from shop.engagement.notifications.models import Message
from tests.factories.orders import registered_customer

pytestmark = pytest.mark.django_db
SIGN_UP = {
    "full_name": "Ravi Kumar",
    "email": "Ravi@Example.com",
    "phone": "",
    "password1": "a fine long phrase 9",
}
HOME = {
    "full_name": "Asha Rao",
    "phone": "",
    "line1": "12 Hill Road",
    "line2": "",
    "postal_code": "517325",
    "city": "Madanapalle",
    "state": "AP",
}


@pytest.mark.req("ACC-01")
def test_sign_up_makes_user_and_customer_and_queues_a_verification_mail(client):
    answer = client.post("/account/signup/", SIGN_UP)

    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert customer.user == User.objects.get(email="ravi@example.com")
    assert customer.marketing_consent_at is None
    assert Message.objects.get().recipient == "ravi@example.com"


@pytest.mark.req("ACC-01")
def test_a_second_sign_up_with_the_same_email_answers_alike_and_makes_nothing(client):
    registered_customer()
    fresh = client.post("/account/signup/", SIGN_UP)
    taken = type(client)().post(
        "/account/signup/", SIGN_UP | {"email": "asha@example.com", "full_name": "Somebody Else"}
    )

    assert (fresh.status_code, fresh["Location"]) == (taken.status_code, taken["Location"])
    assert Customer.objects.get(email="asha@example.com").full_name == "Asha Rao"
    assert User.objects.count() == Customer.objects.count() == 2
    assert set(Message.objects.values_list("recipient", flat=True)) == {
        "asha@example.com",
        "ravi@example.com",
    }


@pytest.mark.req("ACC-15")
def test_a_password_reset_answers_alike_for_known_and_unknown(client):
    registered_customer()

    known = client.post("/account/password/reset/", {"email": "asha@example.com"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@pytest.mark.req("ACC-03")
def test_six_wrong_passwords_lock_the_account_for_a_while(client):
    user = registered_customer().user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)

    for _ in range(6):
        client.post("/account/login/", {"login": user.email, "password": "wrong"})
    answer = client.post(
        "/account/login/", {"login": user.email, "password": "correct horse battery"}
    )

    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 422, 429}


@pytest.mark.req("ACC-02")
def test_a_profile_change_is_saved_and_audited(client):
    customer = registered_customer()
    client.force_login(customer.user)

    client.post(
        "/account/profile/",
        {"full_name": "Asha R. Rao", "phone": "+919876543210", "marketing_consent": "on"},
    )

    customer.refresh_from_db()
    assert customer.full_name == "Asha R. Rao"
    assert customer.marketing_consent_at is not None
    assert AuditEntry.objects.filter(action="customer.profile_changed").count() == 1


@pytest.mark.req("ACC-12")
def test_an_address_is_saved_checked_and_kept_apart_from_strangers(client):
    customer = registered_customer()
    client.force_login(customer.user)

    refused = client.post("/account/addresses/new/", HOME | {"postal_code": "51732"})
    client.post("/account/addresses/new/", HOME | {"is_default_shipping": "on"})

    address = Address.objects.get()
    assert refused.status_code == 422
    assert address.customer == customer
    assert address.is_default_shipping
    stranger = type(client)()
    stranger.force_login(registered_customer("other@example.com").user)
    assert stranger.get(f"/account/addresses/{address.key}/").status_code == 404
    assert stranger.post(f"/account/addresses/{address.key}/remove/").status_code == 404
    assert Address.objects.count() == 1


@pytest.mark.parametrize(("line2", "state"), [("", ""), ("Second floor", " open")])
def test_the_second_line_of_an_address_is_folded_away_until_it_is_used(client, line2, state):
    client.force_login(registered_customer().user)

    page = client.post(
        "/account/addresses/new/", {**HOME, "line2": line2, "postal_code": ""}
    ).content.decode()

    assert f'<details class="fold"{state}><summary>' in page
    assert 'name="line2"' in page


@pytest.mark.parametrize(
    "path",
    ["", "profile/", "addresses/", "addresses/new/", "orders/", "email/", "2fa/", "sessions/"],
)
def test_every_account_page_opens_and_needs_a_sign_in(client, path):
    assert client.get(f"/account/{path}").status_code == 302
    user = registered_customer().user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.force_login(user)

    assert client.get(f"/account/{path}").status_code in {200, 302}


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/"])
def test_entrance_pages_open_in_our_design(client, path):
    page = client.get(f"/account/{path}")

    assert page.status_code == 200
    assert b"site-header" in page.content


@pytest.mark.req("ACC-02")
def test_a_phone_number_that_is_none_changes_nothing(client):
    customer = registered_customer()
    client.force_login(customer.user)
    before = customer.phone

    answer = client.post("/account/profile/", {"full_name": "Asha Rao", "phone": "abc"})

    customer.refresh_from_db()
    assert answer.status_code == 422
    assert "Enter a phone number with all its digits." in answer.content.decode()
    assert customer.phone == before


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("email", "E-mail addresses"),
        ("password/change", "Change password"),
        ("2fa", "Two-step sign-in"),
        ("sessions", "Devices"),
    ],
)
def test_pages_of_the_sign_in_library_speak_like_the_rest_of_the_store(client, path, heading):
    client.force_login(registered_customer().user)

    page = client.get(f"/account/{path}/").content.decode()

    assert re.search(rf"<h1[^>]*>\s*{heading}\s*</h1>", page)


def test_the_compiled_words_are_those_of_their_source():
    folder = Path(settings.LOCALE_PATHS[0]) / "en_IN" / "LC_MESSAGES"
    source = (folder / "django.po").read_text()
    written = dict(re.findall(r'msgid "(.+)"\nmsgstr "(.+)"', source))

    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert written
    assert {word: compiled.gettext(word) for word in written} == written


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 15.0; rv:140.0) Gecko Firefox/140.0",
            "Firefox on Mac",
        ),
        ("curl/8.9", "curl/8.9"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_called_what_a_person_calls_it(user_agent, name):
    assert devices.name_of(user_agent) == name


@pytest.mark.req("ACC-15")
def test_the_devices_of_an_account_are_listed_and_the_others_signed_out(client):
    customer = registered_customer()
    other = Client(headers={"User-Agent": "Mozilla/5.0 (Android 16) Chrome/150.0 Mobile"})
    for browser in (client, other):
        browser.force_login(customer.user)
        browser.get("/account/sessions/")

    page = client.get("/account/sessions/").content.decode()
    client.post("/account/sessions/")

    assert "Chrome on Android" in page
    assert page.count("This device") == 1
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
