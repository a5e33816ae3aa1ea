"""The address book."""

from datetime import datetime

from django.db import transaction

from shop.core import audit
from shop.core.actors import STAFF, Actor
from shop.core.events import publish
from shop.directory.customers.events import CustomerChanged
from shop.directory.customers.exceptions import InvalidAddress
from shop.directory.customers.models import Address, Customer
from shop.directory.customers.selectors import postal_address
from shop.directory.geography.addresses import PostalAddress
from shop.directory.geography.selectors import address_problems

DEFAULTS = ("is_default_shipping", "is_default_billing")


@transaction.atomic
def save_address(
    *,
    customer_id: int,
    address: PostalAddress,
    is_default_shipping: bool,
    is_default_billing: bool,
    address_key: str | None = None,
    override_note: str = "",
    actor: Actor,
    now: datetime,
) -> Address:
    """Add or change an entry; staff may keep an address that checks refuse, with a note."""
    tidy = address.tidied()
    problems = address_problems(tidy)
    if problems and not (actor.kind == STAFF and override_note):
        raise InvalidAddress(problems)
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    row = (
        Address.objects.get(customer=customer, key=address_key)
        if address_key
        else Address(customer=customer, created_at=now)
    )
    before = postal_address(row).to_dict() if address_key else {}
    for name, value in tidy.to_dict().items():
        setattr(row, name, value)
    row.override_note = override_note if problems else ""
    row.is_default_shipping, row.is_default_billing = is_default_shipping, is_default_billing
    _clear_other_defaults(row)
    row.save()
    _note(customer, "customer.address_saved", row, before, tidy.to_dict(), actor, now)
    return row


def _clear_other_defaults(row: Address) -> None:
    """Let there be one default of each kind."""
    others = Address.objects.filter(customer=row.customer).exclude(pk=row.pk)
    for name in DEFAULTS:
        if getattr(row, name):
            for other in others.filter(**{name: True}):
                setattr(other, name, False)
                other.save(update_fields=[name, "updated_at"])


@transaction.atomic
def delete_address(*, customer_id: int, address_key: str, actor: Actor, now: datetime) -> None:
    """Take an entry out of the address book; orders keep their own copy."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    row = Address.objects.get(customer=customer, key=address_key)
    before = postal_address(row).to_dict()
    _note(customer, "customer.address_deleted", row, before, {}, actor, now)
    row.delete()


def _note(
    customer: Customer,
    action: str,
    row: Address,
    before: dict[str, str],
    after: dict[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        action=action,
        subject_type="customer",
        subject_key=customer.key,
        actor=actor,
        now=now,
        before={**before, "address": row.key} if before else {},
        after={**after, "address": row.key} if after else {},
    )
    publish(CustomerChanged(customer.pk))
