"""How things look in the API: money with its currency, times with their offset."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from shop.core.money import round_money
from shop.directory.geography.addresses import LIMITS, PostalAddress


class Money(serializers.Serializer[Any]):
    """An exact amount and its currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


def money(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount as text, so that no reader turns it into a float."""
    return {"amount": f"{round_money(amount, currency):f}", "currency": currency}


class AddressIn(serializers.Serializer[Any]):
    """A postal address; the service behind says what is wrong with it."""

    full_name = serializers.CharField(max_length=LIMITS["full_name"])
    phone = serializers.CharField(max_length=LIMITS["phone"], required=False, default="")
    line1 = serializers.CharField(max_length=LIMITS["line1"])
    line2 = serializers.CharField(
        max_length=LIMITS["line2"], required=False, default="", allow_blank=True
    )
    city = serializers.CharField(max_length=LIMITS["city"])
    state = serializers.CharField(max_length=LIMITS["state"])
    postal_code = serializers.CharField(max_length=LIMITS["postal_code"])
    country = serializers.CharField(max_length=2, default="IN")


def address_from(values: dict[str, str]) -> PostalAddress:
    """Validated input as a plain address."""
    return PostalAddress.from_dict(values)


class CartIn(serializers.Serializer[Any]):
    """A new cart."""

    currency = serializers.RegexField(r"^[A-Z]{3}$", default="INR")


class QuantityIn(serializers.Serializer[Any]):
    """How many; what is not a whole number of at least one is refused in plain words."""

    quantity = serializers.JSONField(help_text="A whole number of at least 1.")


class CartLineIn(QuantityIn):
    """What goes into a cart."""

    sku = serializers.CharField(max_length=80)


class CheckoutIn(serializers.Serializer[Any]):
    """The cart that goes to the till."""

    cart = serializers.CharField(max_length=26)


class OrderIn(serializers.Serializer[Any]):
    """Everything that a buyer decides. Prices are not among it; the total seen is compared."""

    cart = serializers.CharField(max_length=26)
    checkout = serializers.CharField(max_length=26, required=False, default="", allow_blank=True)
    email = serializers.CharField(max_length=254)
    full_name = serializers.CharField(max_length=150)
    phone = serializers.CharField(max_length=32, required=False, default="", allow_blank=True)
    shipping_address = AddressIn()
    billing_address = AddressIn(required=False)
    shipping_method = serializers.CharField(max_length=40)
    payment_method = serializers.CharField(max_length=20)
    expected_total = serializers.DecimalField(max_digits=19, decimal_places=4)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class CancelIn(serializers.Serializer[Any]):
    """Why an order is called off."""

    reason = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class PaymentIn(serializers.Serializer[Any]):
    """Another try to pay."""

    method = serializers.CharField(max_length=20)


class RefundIn(serializers.Serializer[Any]):
    """Money that goes back."""

    amount = serializers.DecimalField(max_digits=19, decimal_places=4)
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ShipIn(serializers.Serializer[Any]):
    """Who carries a parcel, under which number."""

    carrier = serializers.CharField(max_length=40)
    tracking_number = serializers.CharField(max_length=60)
