"""What customers say about themselves."""

from datetime import datetime

from django.db import transaction

from shop.core import audit
from shop.core.actors import Actor
from shop.core.events import publish
from shop.directory.customers.events import CustomerChanged
from shop.directory.customers.models import Consent, Customer, normalize_email

MARKETING = "marketing"
TEXT_VERSION = "1"
PROFILE_FIELDS = ("full_name", "phone", "company_name")


@transaction.atomic
def update_profile(
    *,
    customer_id: int,
    full_name: str,
    phone: str,
    company_name: str | None = None,
    actor: Actor,
    now: datetime,
) -> Customer:
    """Change name, phone and company, with the old values in the audit trail."""
    customer = (
        Customer.objects.select_for_update(of=("self",)).select_related("user").get(pk=customer_id)
    )
    before = {name: getattr(customer, name) for name in PROFILE_FIELDS}
    customer.full_name = full_name
    customer.phone = phone
    customer.company_name = customer.company_name if company_name is None else company_name
    after = {name: getattr(customer, name) for name in PROFILE_FIELDS}
    if before == after:
        return customer
    customer.save(update_fields=[*PROFILE_FIELDS, "updated_at"])
    if customer.user is not None:
        customer.user.full_name, customer.user.phone = full_name, phone
        customer.user.save(update_fields=["full_name", "phone"])
    audit.record(
        action="customer.profile_changed",
        subject_type="customer",
        subject_key=customer.key,
        actor=actor,
        now=now,
        before={name: value for name, value in before.items() if value != after[name]},
        after={name: value for name, value in after.items() if value != before[name]},
    )
    publish(CustomerChanged(customer.pk))
    return customer


@transaction.atomic
def save_profile(
    *,
    customer_id: int,
    full_name: str,
    phone: str,
    is_marketing_granted: bool,
    source: str,
    actor: Actor,
    now: datetime,
) -> Customer:
    """Save what the profile page shows: name, phone and the consent to marketing."""
    customer = update_profile(
        customer_id=customer_id, full_name=full_name, phone=phone, actor=actor, now=now
    )
    set_consent(
        customer_id=customer_id,
        kind=MARKETING,
        is_granted=is_marketing_granted,
        source=source,
        actor=actor,
        now=now,
    )
    return customer


@transaction.atomic
def change_email(*, user_id: int, email: str, actor: Actor, now: datetime) -> Customer | None:
    """Let a customer follow the confirmed new address of the user, if the user is a customer."""
    wanted = normalize_email(email)
    customer = Customer.objects.select_for_update().filter(user_id=user_id).first()
    if customer is None or customer.email == wanted:
        return customer
    before, customer.email = customer.email, wanted
    customer.save(update_fields=["email", "updated_at"])
    audit.record(
        action="customer.email_changed",
        subject_type="customer",
        subject_key=customer.key,
        actor=actor,
        now=now,
        before={"email": before},
        after={"email": wanted},
    )
    publish(CustomerChanged(customer.pk))
    return customer


@transaction.atomic
def set_consent(
    *,
    customer_id: int,
    kind: str,
    is_granted: bool,
    source: str,
    actor: Actor,
    now: datetime,
    text_version: str = TEXT_VERSION,
) -> None:
    """Note that a customer agrees to something, or no longer does."""
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    standing = Consent.objects.filter(customer=customer, kind=kind, withdrawn_at=None)
    if standing.exists() == is_granted:
        return
    if is_granted:
        Consent.objects.create(
            customer=customer,
            kind=kind,
            granted_at=now,
            source=source,
            text_version=text_version,
        )
    else:
        standing.update(withdrawn_at=now)
    if kind == MARKETING:
        customer.marketing_consent_at = now if is_granted else None
        customer.save(update_fields=["marketing_consent_at", "updated_at"])
    audit.record(
        action="customer.consent_granted" if is_granted else "customer.consent_withdrawn",
        subject_type="customer",
        subject_key=customer.key,
        actor=actor,
        now=now,
        after={"kind": kind, "source": source, "text_version": text_version},
    )
    publish(CustomerChanged(customer.pk))
