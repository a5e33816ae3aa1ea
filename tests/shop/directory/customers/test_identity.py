from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shop.core import events, timeline
from shop.core.models import AuditEntry
from shop.directory.customers import selectors, services
from shop.directory.customers.events import CustomerRegistered, CustomersMerged
from shop.directory.customers.exceptions import AlreadyRegistered, EmailMissing, NotRegistered
from shop.directory.customers.models import Consent, Customer, Lead, User
from tests.factories.core import CUSTOMER_ACTOR, GUEST_ACTOR, NOW
from tests.factories.customers import (
    PASSWORD,
    AddressFactory,
    CustomerFactory,
    GuestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """What is published during the test."""
    published = []
    original = events.publish
    for module in ("identity", "profiles", "figures", "addresses"):
        monkeypatch.setattr(
            f"shop.directory.customers.services.{module}.publish",
            lambda event: (published.append(event), original(event)),
        )
    return published


def _register(user, **values):
    facts = {
        "full_name": "Ravi Kumar",
        "phone": "+919848022338",
        "marketing_consent": False,
        "signup_source": "website",
    }
    return services.register_customer(
        user=user, **{**facts, **values}, actor=CUSTOMER_ACTOR, now=NOW
    )


def _guest(email="Guest@Example.com", **values):
    facts = {"full_name": "Meera", "phone": "", **values}
    return services.guest_for(email=email, **facts, actor=GUEST_ACTOR, now=NOW)


def test_an_email_address_means_the_same_in_any_case():
    user = User.objects.create_user("  Ravi@Example.COM ", PASSWORD)

    assert user.email == "ravi@example.com"
    assert User.objects.get_by_natural_key("RAVI@example.com") == user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("RAVI@EXAMPLE.COM", PASSWORD)


def test_the_database_itself_refuses_upper_case_addresses():
    user = UserFactory()

    with pytest.raises(IntegrityError, match="user_email_is_lower_case"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="UPPER@example.com")


def test_a_user_needs_an_email_address():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("  ", PASSWORD)


@pytest.mark.req("ACC-01")
def test_somebody_who_signs_up_becomes_a_customer_and_a_lead(heard):
    user = UserFactory(email="ravi@example.com", full_name="")

    customer = _register(user)

    assert (customer.email, customer.full_name) == ("ravi@example.com", "Ravi Kumar")
    assert not customer.is_guest
    assert User.objects.get().full_name == "Ravi Kumar"
    assert list(Lead.objects.values_list("pk", flat=True)) == [customer.pk]
    assert CustomerRegistered(customer.pk) in heard
    assert timeline.entries("customer", customer.key).get().kind == "customer.registered"


@pytest.mark.req("ACC-01")
def test_marketing_consent_counts_only_when_it_was_given():
    silent = _register(UserFactory())
    willing = _register(UserFactory(), marketing_consent=True, signup_source="social_media")

    willing.refresh_from_db()
    assert (silent.marketing_consent_at, willing.marketing_consent_at) == (None, NOW)
    assert willing.signup_source == "social_media"
    consent = Consent.objects.get()
    assert (consent.customer, consent.source, consent.granted_at) == (willing, "sign-up", NOW)


@pytest.mark.req("ACC-01")
def test_a_user_is_a_customer_once():
    user = UserFactory()
    _register(user)

    with pytest.raises(AlreadyRegistered):
        _register(user)

    assert Customer.objects.count() == 1


def test_a_guest_has_one_row_for_all_spellings_of_an_address(heard):
    first = _guest()
    second = _guest(" guest@example.COM", full_name="Somebody else", phone="+919848022338")

    assert second.pk == first.pk
    assert Customer.objects.count() == 1
    assert (second.full_name, second.phone) == ("Meera", "+919848022338")
    assert events.RowsWritten("customers.Customer", (first.pk,), "create") in heard


def test_finding_a_known_guest_takes_two_queries(django_assert_num_queries):
    _guest()

    with transaction.atomic(), django_assert_num_queries(2):
        _guest()


def test_a_guest_never_touches_the_row_of_a_registered_customer():
    registered = CustomerFactory(user__email="ravi@example.com", full_name="Ravi")

    guest = _guest("ravi@example.com", full_name="Mallory")

    assert guest.pk != registered.pk
    registered.refresh_from_db()
    assert registered.full_name == "Ravi"
    assert selectors.find_by_email("RAVI@example.com") == registered
    assert selectors.find_guest("ravi@example.com") == guest


def test_a_guest_needs_an_email_address():
    with pytest.raises(EmailMissing):
        _guest("  ")

    assert Customer.objects.count() == 0


def test_imported_customers_may_have_no_address():
    GuestFactory(email="", source="import:online-retail", source_number="17850")
    GuestFactory(email="", source="import:online-retail", source_number="17851")

    with pytest.raises(IntegrityError, match="source"), transaction.atomic():
        GuestFactory(email="", source="import:online-retail", source_number="17851")
    assert selectors.find_by_email("") is None


@pytest.mark.req("ACC-14")
def test_a_claim_merges_the_guest_into_the_customer(heard):
    guest = _guest("ravi@example.com", phone="+919848022338")
    AddressFactory(customer=guest, is_default_shipping=True)
    services.note_purchase(customer_id=guest.pk, amount=Decimal("250.50"), currency="INR", now=NOW)
    target = CustomerFactory(user__email="ravi@example.com")
    AddressFactory(customer=target, is_default_shipping=True)

    merged = services.claim_guest(customer_id=target.pk, actor=CUSTOMER_ACTOR, now=NOW)

    assert (merged.order_count, merged.lifetime_value) == (1, Decimal("250.5"))
    assert (merged.first_order_at, merged.phone) == (NOW, "+919848022338")
    assert merged.addresses.count() == 2
    assert merged.addresses.filter(is_default_shipping=True).count() == 1
    guest.refresh_from_db()
    assert (guest.merged_into, guest.order_count) == (target, 0)
    assert CustomersMerged(source_id=guest.pk, target_id=target.pk) in heard
    assert AuditEntry.objects.get().action == "customer.merged"
    assert selectors.find_guest("ravi@example.com") is None


@pytest.mark.req("ACC-14")
def test_a_claim_without_a_guest_changes_nothing(heard):
    _guest("somebody@example.com")
    target = CustomerFactory(user__email="ravi@example.com")

    services.claim_guest(customer_id=target.pk, actor=CUSTOMER_ACTOR, now=NOW)

    assert not [event for event in heard if isinstance(event, CustomersMerged)]
    assert Customer.objects.filter(merged_into=None).count() == 2


@pytest.mark.req("ACC-14")
def test_a_guest_cannot_claim_anything():
    guest = _guest()

    with pytest.raises(NotRegistered):
        services.claim_guest(customer_id=guest.pk, actor=GUEST_ACTOR, now=NOW)


def test_the_next_guest_of_a_claimed_address_gets_a_new_row():
    old = _guest("ravi@example.com")
    target = CustomerFactory(user__email="ravi@example.com")
    services.claim_guest(customer_id=target.pk, actor=CUSTOMER_ACTOR, now=NOW)

    new = _guest("ravi@example.com")

    assert new.pk not in {old.pk, target.pk}


def test_purchases_are_counted_and_taken_back():
    customer = CustomerFactory()
    later = NOW + timedelta(days=2)
    buy, undo = services.note_purchase, services.take_back_purchase

    buy(customer_id=customer.pk, amount=Decimal("100.10"), currency="INR", now=later)
    buy(customer_id=customer.pk, amount=Decimal("50.05"), currency="INR", now=NOW)
    buy(customer_id=customer.pk, amount=Decimal("9.99"), currency="GBP", now=later)
    undo(customer_id=customer.pk, amount=Decimal("50.05"), currency="INR", now=later)

    customer.refresh_from_db()
    assert (customer.order_count, customer.lifetime_value) == (2, Decimal("100.1"))
    assert (customer.first_order_at, customer.last_order_at) == (NOW, later)
    assert not Lead.objects.filter(pk=customer.pk).exists()
