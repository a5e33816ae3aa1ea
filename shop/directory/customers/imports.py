"""Customers in bulk, from files: found by e-mail, or by their number at the source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from shop.core.events import RowsWritten, publish
from shop.directory.customers.models import Address, Customer, normalize_email

LABEL = "customers.Customer"
_BATCH = 500
_FIELDS = ("full_name", "phone", "company_name", "country")

Identity = tuple[str, str]
Part = TypeVar("Part", str, int)


@dataclass(frozen=True)
class CustomerData:
    """A customer as a file gives it; one of e-mail and source number says who it is."""

    full_name: str
    email: str = ""
    phone: str = ""
    company_name: str = ""
    country: str = ""
    source: str = ""
    source_number: str = ""
    currency: str = "INR"
    address: Mapping[str, str] | None = None

    @property
    def identity(self) -> Identity:
        """Who this is: a number at a source, else an e-mail address."""
        if self.source_number:
            return self.source, self.source_number
        return "", normalize_email(self.email)


@dataclass(frozen=True)
class CustomersImported:
    """What a bulk write did, and the row of each customer it was given."""

    created: int
    updated: int
    unchanged: int
    ids: Mapping[Identity, int]


def known_customers(identities: Iterable[Identity]) -> dict[Identity, Customer]:
    """Answer the customers that the shop has already; a registered one goes before a guest."""
    numbers: dict[str, list[str]] = {}
    for source, value in identities:
        numbers.setdefault(source, []).append(value)
    found: dict[Identity, Customer] = {}
    emails = numbers.pop("", [])
    for part in _parts(emails):
        rows = Customer.objects.filter(email__in=part, merged_into=None)
        for row in sorted(rows, key=lambda one: (one.user_id is None, one.pk)):
            found.setdefault(("", row.email), row)
    for source, values in numbers.items():
        for part in _parts(values):
            for row in Customer.objects.filter(source=source, source_number__in=part):
                found[source, row.source_number] = row
    return found


@transaction.atomic
def import_customers(
    *, rows: Sequence[CustomerData], now: datetime, is_synced: bool
) -> CustomersImported:
    """Add new customers and bring known ones to what the file says; empty cells change nothing."""
    known = known_customers(row.identity for row in rows)
    fresh = [row for row in rows if row.identity not in known]
    changed = [
        known[row.identity]
        for row in rows
        if row.identity in known and _take_over(known[row.identity], row)
    ]
    for customer in changed:
        customer.updated_at = now
    Customer.objects.bulk_update(changed, [*_FIELDS, "updated_at"], batch_size=_BATCH)
    added = _create(fresh, now)
    touched = _add_addresses(rows, {**known, **added}, now)
    updated = {customer.pk for customer in changed} | (
        touched - {customer.pk for customer in added.values()}
    )
    if is_synced:
        _tell([customer.pk for customer in added.values()], "create")
        _tell(sorted(updated), "update")
    everyone = {**known, **added}
    return CustomersImported(
        created=len(added),
        updated=len(updated),
        unchanged=len(rows) - len(added) - len(updated),
        ids={identity: customer.pk for identity, customer in everyone.items()},
    )


@transaction.atomic
def ensure_customers(
    *, rows: Sequence[CustomerData], now: datetime, is_synced: bool
) -> dict[Identity, int]:
    """Answer the row of each customer, adding those the shop has not seen; known ones stay."""
    known = known_customers({row.identity for row in rows})
    fresh = {row.identity: row for row in rows if row.identity not in known}
    added = _create(list(fresh.values()), now)
    if is_synced:
        _tell([customer.pk for customer in added.values()], "create")
    return {identity: customer.pk for identity, customer in {**known, **added}.items()}


def _create(rows: Sequence[CustomerData], now: datetime) -> dict[Identity, Customer]:
    customers = [
        Customer(
            email=normalize_email(row.email),
            full_name=row.full_name,
            phone=row.phone,
            company_name=row.company_name,
            country=row.country,
            source=row.source or "import",
            source_number=row.source_number,
            currency=row.currency,
            created_at=now,
            updated_at=now,
        )
        for row in rows
    ]
    Customer.objects.bulk_create(customers, batch_size=_BATCH)
    return {row.identity: customer for row, customer in zip(rows, customers, strict=True)}


def _take_over(customer: Customer, row: CustomerData) -> bool:
    is_changed = False
    for field in _FIELDS:
        value = getattr(row, field)
        if value and value != getattr(customer, field):
            setattr(customer, field, value)
            is_changed = True
    return is_changed


def _add_addresses(
    rows: Sequence[CustomerData], customers: Mapping[Identity, Customer], now: datetime
) -> set[int]:
    """Add the addresses that the book does not have; the first one becomes the default."""
    given = [(customers[row.identity], row.address) for row in rows if row.address]
    owners = [customer.pk for customer, _ in given]
    books: dict[int, list[Address]] = {}
    for part in _parts(owners):
        for entry in Address.objects.filter(customer_id__in=part):
            books.setdefault(entry.customer_id, []).append(entry)
    fresh = []
    for customer, address in given:
        book = books.setdefault(customer.pk, [])
        if any(_is_same(entry, address) for entry in book):
            continue
        entry = Address(
            customer=customer,
            **address,
            is_default_shipping=not any(one.is_default_shipping for one in book),
            is_default_billing=not any(one.is_default_billing for one in book),
            created_at=now,
            updated_at=now,
        )
        book.append(entry)
        fresh.append(entry)
    Address.objects.bulk_create(fresh, batch_size=_BATCH)
    return {entry.customer_id for entry in fresh}


def _is_same(entry: Address, address: Mapping[str, str]) -> bool:
    return all(getattr(entry, field) == value for field, value in address.items())


def _tell(pks: Sequence[int], operation: str) -> None:
    if pks:
        publish(RowsWritten(model_label=LABEL, pks=tuple(pks), operation=operation))


def _parts(values: Iterable[Part], size: int = _BATCH) -> Iterable[list[Part]]:
    found = list(values)
    return (found[start : start + size] for start in range(0, len(found), size))
