"""Settings within their bounds, keys shown once, sign-ins unlocked."""

import pytest
from django.urls import reverse

from shop.core import options
from shop.core.models import AuditEntry, OptionValue
from shop.directory.access import selectors as access
from shop.directory.access.models import ApiKey, SignInEvent
from shop.directory.customers.models import User
from tests.factories.customers import UserFactory

pytestmark = pytest.mark.django_db
ADD = "admin:core_optionvalue_add"


@pytest.mark.req("BO-02")
def test_a_setting_is_chosen_from_a_list_changed_and_audited(at_desk, client):
    at_desk("Manager")

    listed = client.get(reverse("admin:core_optionvalue_changelist")).content.decode()
    form = client.get(reverse(ADD), {"key": "store.fiscal_year_start"}).context["adminform"].form
    answer = client.post(reverse(ADD), {"key": "store.fiscal_year_start", "value": "4"})

    assert all(option.key in listed for option in options.declared())
    assert form.initial == {"key": "store.fiscal_year_start", "value": "1"}
    assert "at least 1, at most 12" in form.fields["value"].help_text
    assert answer.status_code == 302
    assert options.value("store.fiscal_year_start") == 4
    (entry,) = AuditEntry.objects.filter(action="option.changed")
    assert entry.subject_key == "store.fiscal_year_start"


@pytest.mark.req("BO-02")
@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("store.fiscal_year_start", "13", "must be at most 12"),
        ("store.fiscal_year_start", "April", "is not a int"),
        ("store.fiscal_year_named_after", "middle", "must be one of ending, starting"),
        ("store.fiscal_year_start", "1", "That is its value already."),
        ("no.such.setting", "1", "no.such.setting is not one of the available choices"),
        ("", "1", "This field is required."),
    ],
)
def test_a_value_out_of_bounds_is_refused_beside_its_field(root, key, value, words):
    answer = root.post(reverse(ADD), {"key": key, "value": value})

    assert answer.status_code == 200
    assert words in str(answer.context["errors"])
    assert not OptionValue.objects.exists()
    assert options.value("store.fiscal_year_start") == 1


def test_a_changed_setting_is_changed_again_and_its_key_stays(root):
    root.post(reverse(ADD), {"key": "store.fiscal_year_start", "value": "4"})
    page = reverse("admin:core_optionvalue_change", args=[OptionValue.objects.get().pk])

    root.post(page, {"key": "store.name", "value": "99"})
    assert options.value("store.fiscal_year_start") == 4
    root.post(page, {"key": "store.name", "value": "7"})

    assert options.value("store.fiscal_year_start") == 7
    assert options.value("store.name") == "Modern Store"


@pytest.mark.req("SEC-01")
def test_who_only_reads_settings_changes_none(at_desk, client):
    at_desk("Auditor")

    answer = client.post(reverse(ADD), {"key": "store.fiscal_year_start", "value": "4"})

    assert client.get(reverse("admin:core_optionvalue_changelist")).status_code == 200
    assert answer.status_code == 403
    assert not OptionValue.objects.exists()


@pytest.mark.req("API-03")
def test_a_key_is_shown_once_and_opens_what_was_ticked(root):
    page = reverse("admin:access_apikey_add")
    form = {"name": "Till", "scopes": ["storefront"], "expires_at_0": "", "expires_at_1": ""}

    answer = root.post(page, form, follow=True)

    (said,) = [str(message) for message in answer.context["messages"] if "Copy" in str(message)]
    token = said.rsplit(" ", 1)[-1]
    key = ApiKey.objects.get()
    assert access.find_api_key(token, now=key.created_at) == key
    assert key.scopes == ["storefront"]
    for place in (
        reverse("admin:access_apikey_changelist"),
        reverse("admin:access_apikey_change", args=[key.pk]),
    ):
        assert token not in root.get(place).content.decode()


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_a_key_for_nothing_or_for_an_unknown_part_is_refused(root, scopes):
    answer = root.post(reverse("admin:access_apikey_add"), {"name": "Till", "scopes": scopes})

    assert answer.status_code == 200
    assert not ApiKey.objects.exists()


def test_a_stopped_key_stays_in_the_list_and_opens_nothing(root):
    root.post(reverse("admin:access_apikey_add"), {"name": "Till", "scopes": ["admin"]})
    key = ApiKey.objects.get()

    root.post(
        reverse("admin:access_apikey_changelist"),
        {"action": "stop", "_selected_action": [key.pk]},
    )

    key.refresh_from_db()
    assert not key.is_active


def test_an_admin_unlocks_a_sign_in_and_the_log_says_so(root):
    locked = UserFactory()

    root.post(
        reverse("admin:customers_user_changelist"),
        {"action": "let_in_again", "_selected_action": [locked.pk]},
    )

    assert SignInEvent.objects.get(user=locked).outcome == "UNLOCKED"


@pytest.mark.req("BO-06")
def test_a_new_user_gets_a_password_and_nothing_more(root):
    answer = root.post(
        reverse("admin:customers_user_add"),
        {
            "email": "new@example.com",
            "full_name": "Nila Rao",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "usable_password": "true",
        },
    )

    user = User.objects.get(email="new@example.com")
    assert answer.status_code == 302
    assert user.check_password("correct horse battery")
    assert (user.full_name, user.is_staff, user.groups.count()) == ("Nila Rao", False, 0)
