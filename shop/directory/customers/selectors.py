"""Questions about customers."""

from typing import Any

from django.db.models import Q, QuerySet

from shop.directory.customers.models import Address, Customer, normalize_email
from shop.directory.geography.addresses import PostalAddress

__all__ = [
    "address_book",
    "claimable_guest",
    "customer_of",
    "find_by_email",
    "find_guest",
    "normalize_email",
    "postal_address",
]


def customer_of(user: Any) -> Customer | None:
    """Answer the customer that a signed-in user is, if any."""
    if not getattr(user, "is_authenticated", False):
        return None
    return Customer.objects.filter(user_id=user.pk).first()


def find_by_email(email: str) -> Customer | None:
    """Answer the customer with this e-mail: the registered one before the guest."""
    wanted = normalize_email(email)
    if not wanted:
        return None
    known = Customer.objects.filter(email=wanted, merged_into=None)
    registered = known.filter(user__isnull=False).order_by("pk").first()
    return registered or known.first()


def find_guest(email: str) -> Customer | None:
    """Answer the guest with this e-mail."""
    wanted = normalize_email(email)
    guests = Customer.objects.filter(email=wanted, user=None, merged_into=None)
    return guests.first() if wanted else None


def claimable_guest(email: str) -> Customer | None:
    """Answer the guest of an e-mail who has ordered: whoever proves the e-mail may claim them."""
    guest = find_guest(email)
    return guest if guest and guest.order_count else None


def address_book(customer_id: int) -> QuerySet[Address]:
    """Answer a customer's addresses, defaults first."""
    return Address.objects.filter(customer_id=customer_id).order_by(
        "-is_default_shipping", "-is_default_billing", "-created_at", "pk"
    )


def postal_address(address: Address) -> PostalAddress:
    """Answer an entry of the address book as plain values."""
    return PostalAddress(
        full_name=address.full_name,
        phone=address.phone,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country=address.country,
    )


def search(text: str) -> QuerySet[Customer]:
    """Answer the customers whose name, e-mail, phone or number holds a text."""
    wanted = text.strip()
    return Customer.objects.filter(
        Q(full_name__icontains=wanted)
        | Q(company_name__icontains=wanted)
        | Q(email__startswith=normalize_email(wanted))
        | Q(phone__contains=wanted)
        | Q(source_number=wanted)
    )
