"""Who a customer is: registered, guest, or both become one."""

from datetime import datetime

from django.db import transaction

from shop.core import audit, timeline
from shop.core.actors import Actor
from shop.core.events import RowsWritten, publish
from shop.core.rows import insert_unless_there
from shop.core.statements import Statement
from shop.directory.customers.events import CustomerChanged, CustomerRegistered, CustomersMerged
from shop.directory.customers.exceptions import AlreadyRegistered, EmailMissing, NotRegistered
from shop.directory.customers.models import Address, Consent, Customer, User, normalize_email
from shop.directory.customers.services.profiles import MARKETING, set_consent

TRIES = 3

GUEST = Statement(
    lambda email: Customer.objects.select_for_update().filter(
        user=None, merged_into=None, email=email
    )
)


@transaction.atomic
def register_customer(
    *,
    user: User,
    full_name: str,
    phone: str,
    marketing_consent: bool,
    signup_source: str,
    actor: Actor,
    now: datetime,
) -> Customer:
    """Make a customer of somebody who signed up; consent counts only when it was given."""
    if Customer.objects.filter(user=user).exists():
        raise AlreadyRegistered
    if (user.full_name, user.phone) != (full_name, phone):
        user.full_name, user.phone = full_name, phone
        user.save(update_fields=["full_name", "phone"])
    customer = Customer.objects.create(
        user=user,
        email=normalize_email(user.email),
        full_name=full_name,
        phone=phone,
        signup_source=signup_source or Customer.SignupSource.WEBSITE,
        created_at=now,
    )
    _tell(customer, "customer.registered", "Signed up", actor, now)
    if marketing_consent:
        set_consent(
            customer_id=customer.pk,
            kind=MARKETING,
            is_granted=True,
            source="sign-up",
            actor=actor,
            now=now,
        )
    publish(CustomerRegistered(customer.pk))
    return customer


def guest_for(*, email: str, full_name: str, phone: str, actor: Actor, now: datetime) -> Customer:
    """Answer the one guest row of an e-mail address, locked, making it where it is missing.

    The insert comes first: a parallel one waits for the other and then finds its row. What a
    stranger types never overwrites what an existing guest said.
    """
    wanted = normalize_email(email)
    if not wanted:
        raise EmailMissing
    new = Customer(email=wanted, full_name=full_name, phone=phone, created_at=now, updated_at=now)
    return _keep_guest(new)


# Placing an order is a hot path: this joins its transaction without a savepoint of its own.
@transaction.atomic(savepoint=False)
def _keep_guest(new: Customer) -> Customer:
    guest = _insert_or_find(new)
    if guest.key == new.key:
        # Written past `save()`, so we say so ourselves.
        publish(RowsWritten("customers.Customer", (guest.pk,), "create"))
    elif (new.full_name and not guest.full_name) or (new.phone and not guest.phone):
        guest.full_name = guest.full_name or new.full_name
        guest.phone = guest.phone or new.phone
        guest.save(update_fields=["full_name", "phone", "updated_at"])
        publish(CustomerChanged(guest.pk))
    return guest


def _insert_or_find(new: Customer) -> Customer:
    """Answer the locked guest of an address; one that is claimed meanwhile makes room for ours."""
    for _ in range(TRIES):
        if insert_unless_there(new):
            return new
        if guest := GUEST.one(email=new.email):
            return guest
    raise Customer.DoesNotExist(new.key)


@transaction.atomic
def claim_guest(*, customer_id: int, actor: Actor, now: datetime) -> Customer:
    """Merge the guest of a registered customer's e-mail into the customer.

    The caller has made sure that the e-mail is verified; without a guest nothing changes. What
    belongs to the guest above us (orders, carts) moves when they hear of `CustomersMerged`.
    """
    email = Customer.objects.values_list("email", flat=True).get(pk=customer_id)
    guest_id = (
        Customer.objects.filter(email=email, user=None, merged_into=None)
        .exclude(email="")
        .values_list("pk", flat=True)
        .first()
    )
    rows = {
        row.pk: row
        for row in Customer.objects.select_for_update()
        .filter(pk__in=[pk for pk in (customer_id, guest_id) if pk])
        .order_by("pk")
    }
    target, guest = rows[customer_id], rows.get(guest_id or 0)
    if target.is_guest:
        raise NotRegistered
    if guest is None or guest.merged_into_id or not guest.is_guest:
        return target
    _merge_figures(target, guest)
    guest.merged_into = target
    guest.order_count, guest.lifetime_value = 0, guest.lifetime_value * 0
    guest.save()
    target.save()
    _move_belongings(target, guest)
    facts = {"source": guest.key, "target": target.key}
    _tell(target, "customer.claimed", "Took over the orders made as a guest", actor, now)
    audit.record(
        action="customer.merged",
        subject_type="customer",
        subject_key=target.key,
        actor=actor,
        now=now,
        after=facts,
    )
    publish(CustomersMerged(source_id=guest.pk, target_id=target.pk))
    publish(CustomerChanged(target.pk))
    return target


def _merge_figures(target: Customer, guest: Customer) -> None:
    firsts = [at for at in (target.first_order_at, guest.first_order_at) if at]
    lasts = [at for at in (target.last_order_at, guest.last_order_at) if at]
    target.first_order_at = min(firsts, default=None)
    target.last_order_at = max(lasts, default=None)
    if target.order_count == 0:
        target.currency = guest.currency
    target.order_count += guest.order_count
    if target.currency == guest.currency:
        target.lifetime_value += guest.lifetime_value
    target.phone = target.phone or guest.phone
    target.full_name = target.full_name or guest.full_name
    target.owner_id = target.owner_id or guest.owner_id


def _move_belongings(target: Customer, guest: Customer) -> None:
    """Move addresses, not as defaults, and those consents that the customer does not have."""
    moved = tuple(Address.objects.filter(customer=guest).values_list("pk", flat=True))
    Address.objects.filter(pk__in=moved).update(
        customer=target, is_default_shipping=False, is_default_billing=False
    )
    if moved:
        publish(RowsWritten("customers.Address", moved, "update"))
    standing = Consent.objects.filter(customer=target, withdrawn_at=None).values("kind")
    Consent.objects.filter(customer=guest).exclude(kind__in=standing).update(customer=target)


def _tell(customer: Customer, kind: str, message: str, actor: Actor, now: datetime) -> None:
    timeline.record(
        subject_type="customer",
        subject_key=customer.key,
        thread_type="customer",
        thread_key=customer.key,
        kind=kind,
        message=message,
        actor=actor,
        now=now,
    )
