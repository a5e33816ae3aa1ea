"""Whether a purchase is complete and well-formed, field by field."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from shop.directory.geography import selectors as geography
from shop.directory.geography.addresses import PostalAddress
from shop.sales.checkout.dataclasses import Purchase

LONGEST = {"email": 254, "full_name": 150, "phone": 32, "note": 2000, "source_number": 64}
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
    if any("\0" in text for text in (purchase.full_name, purchase.phone, purchase.note)):
        found["full_name"] = "Enter your name without control characters."
    found.update(_address_problems("shipping", purchase.shipping))
    if purchase.billing != purchase.shipping:
        found.update(_address_problems("billing", purchase.billing))
    return found


def _address_problems(kind: str, address: PostalAddress) -> dict[str, str]:
    found = address.problems()
    if not found:
        found = geography.address_problems(address)
    if any("\0" in text for text in address.to_dict().values()):
        found["line1"] = "Enter the address without control characters."
    return {f"{kind}.{name}": text for name, text in found.items()}
