"""Lead, Account and Contact: who buys, or might."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from crm_sync.mappings import names
from crm_sync.mappings.records import Record, Value, moment, money, split_name, text
from shop.directory.customers.models import Address, Customer
from shop.directory.geography import selectors as geography
from shop.sales.orders.models import Order, OrderStatus

LEAD_SOURCE = "Web"
RECORD_TYPES = {"website": "Website_Lead", "social_media": "Social_Media_Lead"}
CONFIRMED = Q(activated_at__isnull=False) | Q(
    status__in=[OrderStatus.ACTIVATED, OrderStatus.COMPLETED]
)


@dataclass(frozen=True, slots=True)
class Person:
    """One customer with what decides about the form in Salesforce."""

    customer: Customer
    billing: Address | None
    shipping: Address | None
    has_purchased: bool
    merged_keys: tuple[str, ...]

    @property
    def key(self) -> str:
        """The customer's public key."""
        return self.customer.key

    @property
    def is_guest(self) -> bool:
        """Whether nobody can sign in as this customer."""
        return self.customer.is_guest


def people(keys: Sequence[str]) -> dict[str, Person]:
    """Read many customers with addresses and purchases in a constant number of queries."""
    customers = list(
        Customer.objects.filter(key__in=keys)
        .select_related("merged_into")
        .prefetch_related(
            Prefetch("addresses", queryset=Address.objects.order_by("pk")),
            Prefetch("merged_from", queryset=Customer.objects.order_by("pk")),
        )
    )
    buyers = set(
        Order.objects.filter(CONFIRMED, customer__in=customers).values_list(
            "customer_id", flat=True
        )
    )
    return {customer.key: _person(customer, customer.pk in buyers) for customer in customers}


def _person(customer: Customer, has_purchased: bool) -> Person:
    addresses = list(customer.addresses.all())
    first = addresses[0] if addresses else None
    return Person(
        customer=customer,
        billing=next((item for item in addresses if item.is_default_billing), first),
        shipping=next((item for item in addresses if item.is_default_shipping), first),
        has_purchased=has_purchased,
        merged_keys=tuple(guest.key for guest in customer.merged_from.all()),
    )


def lead_id(customer: Customer) -> str:
    """Guests and registered people are named apart, so that neither is taken for the other."""
    if customer.is_guest:
        return names.guest_lead_id(customer.key)
    return names.external_id(names.LEAD, customer.key)


def lead_record(person: Person, record_types: dict[str, str]) -> Record:
    """A person who has not bought yet, or a guest."""
    customer = person.customer
    first_name, last_name = split_name(customer.full_name, customer.email)
    record_type = record_types.get(RECORD_TYPES.get(customer.signup_source, "Website_Lead"), "")
    return Record(
        kind=names.LEAD,
        key=customer.key,
        sobject="Lead",
        external_id=lead_id(customer),
        fields={
            "FirstName": first_name,
            "LastName": last_name,
            "Company": customer.company_name or customer.full_name or last_name,
            "Email": text(customer.email),
            "Phone": text(customer.phone),
            **address_fields("", person.billing or person.shipping),
            "Shop_Signup_At__c": moment(customer.created_at),
            "Shop_Consent__c": customer.marketing_consent_at is not None,
        },
        on_create={
            "LeadSource": LEAD_SOURCE,
            **({"RecordTypeId": record_type} if record_type else {}),
        },
    )


def account_record(person: Person) -> Record:
    """The account of one customer."""
    customer = person.customer
    _, last_name = split_name(customer.full_name, customer.email)
    return Record(
        kind=names.ACCOUNT,
        key=customer.key,
        sobject="Account",
        external_id=names.external_id(names.ACCOUNT, customer.key),
        fields={
            "Name": customer.company_name or customer.full_name or last_name,
            "Phone": text(customer.phone),
            **address_fields("Billing", person.billing),
            **address_fields("Shipping", person.shipping),
            "Shop_Lifetime_Value__c": money(customer.lifetime_value),
            "Shop_Order_Count__c": customer.order_count,
            "Shop_Last_Order_At__c": moment(customer.last_order_at),
        },
    )


def contact_record(person: Person) -> Record:
    """The person behind the account."""
    customer = person.customer
    first_name, last_name = split_name(customer.full_name, customer.email)
    return Record(
        kind=names.CONTACT,
        key=customer.key,
        sobject="Contact",
        external_id=names.external_id(names.CONTACT, customer.key),
        fields={
            "FirstName": first_name,
            "LastName": last_name,
            "Email": text(customer.email),
            "Phone": text(customer.phone),
            **address_fields("Mailing", person.shipping or person.billing),
            "HasOptedOutOfEmail": customer.marketing_consent_at is None,
            "Account": names.reference(names.ACCOUNT, customer.key),
        },
    )


def guest_account_record(month: str) -> Record:
    """One account per month for guests, so that no record becomes a bottleneck."""
    return Record(
        kind=names.GUEST_ACCOUNT,
        key=month,
        sobject="Account",
        external_id=names.external_id(names.GUEST_ACCOUNT, month),
        fields={"Name": f"Guest orders {month}"},
    )


def address_fields(prefix: str, address: object) -> dict[str, Value]:
    """Write an address in the five parts of Salesforce; no address empties them."""
    street = "\n".join(
        part for part in (getattr(address, "line1", ""), getattr(address, "line2", "")) if part
    )
    country = getattr(address, "country", "")
    return {
        f"{prefix}Street": text(street),
        f"{prefix}City": text(getattr(address, "city", "")),
        f"{prefix}State": text(_state_name(country, getattr(address, "state", ""))),
        f"{prefix}PostalCode": text(getattr(address, "postal_code", "")),
        f"{prefix}Country": text(country),
    }


def _state_name(country: str, code: str) -> str:
    names_by_code = dict(geography.state_choices(country)) if country and code else {}
    return str(names_by_code.get(code, code))
