import dataclasses

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from shop.core import audit
from shop.core.models import AuditEntry
from shop.directory.customers import selectors, services
from shop.directory.customers.exceptions import InvalidAddress
from shop.directory.customers.models import Address, Consent
from tests.factories.core import CUSTOMER_ACTOR, NOW, STAFF_ACTOR
from tests.factories.customers import BENGALURU, MADANAPALLE, AddressFactory, CustomerFactory
from tests.factories.geography import load_places

pytestmark = pytest.mark.django_db


def _save(customer, address=MADANAPALLE, actor=CUSTOMER_ACTOR, **values):
    flags = {"is_default_shipping": False, "is_default_billing": False, **values}
    return services.save_address(
        customer_id=customer.pk, address=address, **flags, actor=actor, now=NOW
    )


@pytest.mark.req("ACC-02")
def test_a_changed_profile_is_saved_and_audited():
    customer = CustomerFactory(full_name="Ravi", phone="")

    services.update_profile(
        customer_id=customer.pk,
        full_name="Ravi Kumar",
        phone="+919848022338",
        actor=CUSTOMER_ACTOR,
        now=NOW,
    )

    customer.refresh_from_db()
    assert (customer.full_name, customer.user.full_name) == ("Ravi Kumar", "Ravi Kumar")
    entry = AuditEntry.objects.get()
    assert entry.before == {"full_name": "Ravi", "phone": ""}
    assert entry.after == {"full_name": "Ravi Kumar", "phone": "+919848022338"}
    assert audit.verify() == []


@pytest.mark.req("ACC-02")
def test_a_profile_that_did_not_change_leaves_no_trace():
    customer = CustomerFactory(full_name="Ravi", phone="")

    services.update_profile(
        customer_id=customer.pk, full_name="Ravi", phone="", actor=CUSTOMER_ACTOR, now=NOW
    )

    assert AuditEntry.objects.count() == 0


@pytest.mark.req("ACC-02")
def test_consent_is_kept_with_its_time_and_words_and_can_be_withdrawn():
    customer = CustomerFactory()
    for is_granted in (True, True, False):
        services.set_consent(
            customer_id=customer.pk,
            kind="marketing",
            is_granted=is_granted,
            source="profile",
            actor=CUSTOMER_ACTOR,
            now=NOW,
        )

    consent = Consent.objects.get()
    assert (consent.granted_at, consent.withdrawn_at, consent.text_version) == (NOW, NOW, "1")
    customer.refresh_from_db()
    assert customer.marketing_consent_at is None
    assert [entry.action for entry in AuditEntry.objects.order_by("position")] == [
        "customer.consent_granted",
        "customer.consent_withdrawn",
    ]


@pytest.mark.req("ACC-02")
def test_a_customer_follows_the_confirmed_new_address_of_the_user(client):
    customer = CustomerFactory(user__email="old@example.com")
    for email, is_primary in (("old@example.com", True), ("new@example.com", False)):
        EmailAddress.objects.create(
            user=customer.user, email=email, verified=True, primary=is_primary
        )
    client.force_login(customer.user)

    client.post("/account/email/", {"action_primary": "", "email": "new@example.com"})

    customer.refresh_from_db()
    assert (customer.email, customer.user.email) == ("new@example.com", "new@example.com")
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == (
        {"email": "old@example.com"},
        {"email": "new@example.com"},
    )


@pytest.mark.req("ACC-12")
def test_an_address_is_saved_tidied():
    customer = CustomerFactory()

    saved = _save(customer, dataclasses.replace(MADANAPALLE, city=" Madanapalle ", state="37"))

    assert selectors.postal_address(Address.objects.get(pk=saved.pk)) == MADANAPALLE
    assert AuditEntry.objects.get().action == "customer.address_saved"


@pytest.mark.req("ACC-12")
def test_a_wrong_pin_code_is_refused_and_nothing_is_saved():
    customer = CustomerFactory()

    with pytest.raises(InvalidAddress) as refusal:
        _save(customer, dataclasses.replace(MADANAPALLE, postal_code="51732"))

    assert list(refusal.value.problems) == ["postal_code"]
    assert Address.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.req("ACC-12")
def test_only_staff_with_a_note_may_keep_an_address_that_checks_refuse():
    load_places()
    customer = CustomerFactory()
    wrong_state = dataclasses.replace(MADANAPALLE, state="KA")

    with pytest.raises(InvalidAddress):
        _save(customer, wrong_state, override_note="I know better")
    with pytest.raises(InvalidAddress):
        _save(customer, wrong_state, actor=STAFF_ACTOR)
    kept = _save(customer, wrong_state, actor=STAFF_ACTOR, override_note="New PIN, confirmed")

    assert kept.override_note == "New PIN, confirmed"
    assert Address.objects.get().state == "KA"


@pytest.mark.req("ACC-12")
def test_there_is_one_default_of_each_kind():
    customer = CustomerFactory()
    first = _save(customer, is_default_shipping=True, is_default_billing=True)

    second = _save(customer, BENGALURU, is_default_shipping=True)

    first.refresh_from_db()
    assert (first.is_default_shipping, first.is_default_billing) == (False, True)
    assert list(selectors.address_book(customer.pk)) == [second, first]
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressFactory(customer=customer, is_default_shipping=True)


def test_an_address_is_changed_in_place_and_only_by_its_owner():
    customer, stranger = CustomerFactory(), CustomerFactory()
    address = _save(customer)

    changed = _save(customer, BENGALURU, address_key=address.key)
    with pytest.raises(Address.DoesNotExist):
        _save(stranger, MADANAPALLE, address_key=address.key)
    with pytest.raises(Address.DoesNotExist):
        services.delete_address(
            customer_id=stranger.pk, address_key=address.key, actor=CUSTOMER_ACTOR, now=NOW
        )

    assert changed.pk == address.pk
    assert Address.objects.get().city == "Bengaluru"


def test_a_deleted_address_stays_in_the_audit_trail():
    customer = CustomerFactory()
    address = _save(customer)

    services.delete_address(
        customer_id=customer.pk, address_key=address.key, actor=CUSTOMER_ACTOR, now=NOW
    )

    assert Address.objects.count() == 0
    entry = AuditEntry.objects.latest("position")
    assert (entry.action, entry.before["line1"]) == (
        "customer.address_deleted",
        "12 Society Colony",
    )


def test_customers_are_found_by_name_address_and_number():
    wanted = CustomerFactory(user__email="ravi@example.com", full_name="Ravi Kumar")
    CustomerFactory()

    for text in ("ravi k", "RAVI@", "ravi@example.com"):
        assert list(selectors.search(text)) == [wanted]
