"""Whether a purchase is complete and well-formed, field by field."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from shop.directory.geography.addresses import PostalAddress
from shop.sales.checkout.dataclasses import Purchase

LONGEST = {"email": 254, "full_name": 150, "phone": 32, "note": 2000, "source_number": 64}
LONGEST_IN_ADDRESS = {
    "full_name": 150,
    "phone": 32,
    "line1": 200,
    "line2": 200,
    "city": 100,
    "state": 60,
    "postal_code": 12,
    "country": 2,
}
CHANNELS = frozenset({"WEB", "REP", "PHONE", "MARKETPLACE", "STORE", "CRM", "SUBSCRIPTION", "API"})
_is_email = EmailValidator("Enter a valid e-mail address.")


def problems(purchase: Purchase) -> dict[str, str]:
    """What is wrong with a purchase, by field; nothing when all is well."""
    found: dict[str, str] = {}
    try:
        _is_email(purchase.email)
    except ValidationError as problem:
        found["email"] = str(problem.message)
    if not purchase.full_name.strip():
        found["full_name"] = "Enter your name."
    if purchase.channel not in CHANNELS:
        found["channel"] = "This channel is not known."
    for name, longest in LONGEST.items():
        if len(getattr(purchase, name)) > longest:
            found[name] = f"This is longer than {longest} characters."
    found.update(_address_problems("billing", purchase.billing))
    found.update(_address_problems("shipping", purchase.shipping))
    if any("\0" in str(value) for value in (purchase.full_name, purchase.phone, purchase.note)):
        found["full_name"] = "Enter your name without control characters."
    return found


def _address_problems(kind: str, address: PostalAddress) -> dict[str, str]:
    too_long = {
        f"{kind}.{name}": f"This is longer than {longest} characters."
        for name, longest in LONGEST_IN_ADDRESS.items()
        if len(getattr(address, name)) > longest or "\0" in getattr(address, name)
    }
    if too_long:
        return too_long
    return {f"{kind}.{name}": text for name, text in address.problems().items()}
