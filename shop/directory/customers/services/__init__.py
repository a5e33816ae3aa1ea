"""What can be done with customers."""

from shop.directory.customers.services.addresses import delete_address, save_address
from shop.directory.customers.services.figures import note_purchase, take_back_purchase
from shop.directory.customers.services.identity import claim_guest, guest_for, register_customer
from shop.directory.customers.services.profiles import (
    change_email,
    save_profile,
    set_consent,
    update_profile,
)

__all__ = [
    "change_email",
    "claim_guest",
    "delete_address",
    "guest_for",
    "note_purchase",
    "register_customer",
    "save_address",
    "save_profile",
    "set_consent",
    "take_back_purchase",
    "update_profile",
]
