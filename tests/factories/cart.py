"""Carts with lines of goods that can be bought."""

from datetime import UTC, datetime

from shop.core.actors import SYSTEM_ACTOR
from shop.sales.cart import services
from shop.sales.cart.models import Cart
from tests.factories.pricing import sellable_variant

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def open_cart(customer=None, *, now=NOW) -> Cart:
    """An empty cart of a customer, or of a guest."""
    return services.open_cart(
        customer_id=customer.pk if customer else None, currency="INR", now=now
    )


def cart_with(*wishes, customer=None, now=NOW) -> Cart:
    """A cart with (variant, quantity) pairs; without any, one unit of something for 100.00."""
    cart = open_cart(customer, now=now)
    for variant, quantity in wishes or ((sellable_variant(), 1),):
        services.add_line(
            cart_id=cart.pk, variant_id=variant.pk, quantity=quantity, actor=SYSTEM_ACTOR, now=now
        )
    return cart
