"""What a guest types into the checkout page; no product code is needed to know it."""

GUEST_FORM = {
    "email": "asha@example.com",
    "full_name": "Asha Rao",
    "phone": "+919876543210",
    "billing-line1": "12 Hill Road",
    "billing-line2": "",
    "billing-city": "Madanapalle",
    "billing-state": "AP",
    "billing-postal_code": "517325",
    "billing-country": "IN",
    "same_address": "on",
    "shipping_code": "standard",
}
