"""A changed profile: the row, the audit trail and the mark for the CRM stand or fall together."""

import pytest
from django.db import transaction

from crm_sync.models import ChangeMark
from shop.core.models import AuditEntry
from shop.directory.customers import services
from shop.directory.customers.models import Address, Customer
from tests.factories.core import CUSTOMER_ACTOR, NOW
from tests.factories.customers import MADANAPALLE, CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("ACC-02")]


@pytest.fixture
def customer():
    """A registered customer whom the CRM knows."""
    made = CustomerFactory(full_name="Ravi")
    # As if that had been committed and sent.
    ChangeMark.objects.all().delete()
    transaction.get_connection().run_on_commit.clear()
    return made


def _change(customer):
    services.update_profile(
        customer_id=customer.pk,
        full_name="Ravi Kumar",
        phone="",
        actor=CUSTOMER_ACTOR,
        now=NOW,
    )
    services.save_address(
        customer_id=customer.pk,
        address=MADANAPALLE,
        is_default_shipping=True,
        is_default_billing=True,
        actor=CUSTOMER_ACTOR,
        now=NOW,
    )
    services.set_consent(
        customer_id=customer.pk,
        kind="marketing",
        is_granted=True,
        source="profile",
        actor=CUSTOMER_ACTOR,
        now=NOW,
    )


@transaction.atomic
def _change_and_fail(customer):
    _change(customer)
    raise ZeroDivisionError


def test_each_change_is_saved_audited_and_marked(customer):
    _change(customer)

    assert Customer.objects.get().full_name == "Ravi Kumar"
    assert list(AuditEntry.objects.order_by("position").values_list("action", flat=True)) == [
        "customer.profile_changed",
        "customer.address_saved",
        "customer.consent_granted",
    ]
    assert customer.key in set(ChangeMark.objects.values_list("key", flat=True))


def test_a_change_that_fails_leaves_neither_row_nor_entry_nor_mark(customer):
    with pytest.raises(ZeroDivisionError):
        _change_and_fail(customer)

    assert Customer.objects.get().full_name == "Ravi"
    assert Address.objects.count() == 0
    assert AuditEntry.objects.count() == 0
    assert ChangeMark.objects.count() == 0
