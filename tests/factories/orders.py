"""Orders, placed as customers place them."""

from datetime import UTC, datetime
from decimal import Decimal

from shop.core.actors import SYSTEM_ACTOR
from shop.directory.customers.models import Customer, User
from shop.directory.geography.addresses import PostalAddress
from shop.pricing.totals import selectors as totals
from shop.sales.cart import selectors as carts
from shop.sales.checkout import services as checkout
from shop.sales.checkout.dataclasses import Purchase
from shop.sales.orders.models import Order
from tests.factories.cart import cart_with
from tests.factories.pricing import ShippingMethodFactory

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
HOME = PostalAddress(
    full_name="Asha Rao",
    phone="+919876543210",
    line1="12 Hill Road",
    line2="",
    city="Madanapalle",
    state="AP",
    postal_code="517325",
    country="IN",
)


def registered_customer(email="asha@example.com", **columns) -> Customer:
    """A customer who can sign in."""
    user = User.objects.create_user(email, "correct horse battery", full_name="Asha Rao")
    return Customer.objects.create(user=user, email=email, full_name="Asha Rao", **columns)


def total_of(cart, *, shipping=HOME, shipping_code="standard", now=NOW) -> Decimal:
    """What the buyer of a cart is shown."""
    return totals.quote(
        lines=carts.wanted_lines(carts.lines_of(cart.pk)),
        destination=shipping,
        shipping_code=shipping_code,
        currency=cart.currency,
        now=now,
    ).grand_total


def purchase_of(cart, **changes) -> Purchase:
    """What a buyer of this cart sends, with the sum that the page shows."""
    ShippingMethodFactory()
    facts = {
        "cart_key": cart.key,
        "email": "asha@example.com",
        "full_name": "Asha Rao",
        "phone": "+919876543210",
        "billing": HOME,
        "shipping": HOME,
        "shipping_code": "standard",
        "payment_method": "card",
        "customer_id": cart.customer_id,
        **changes,
    }
    if "expected_total" not in facts:
        facts["expected_total"] = total_of(cart, shipping=facts["shipping"])
    return Purchase(**facts)


def placed_order(*wishes, customer=None, cart=None, now=NOW, key="first", **changes) -> Order:
    """An order as checkout leaves it; `payment_method="cod"` makes it binding at once."""
    cart = cart or cart_with(*wishes, customer=customer, now=now)
    placed = checkout.place_order(
        purchase=purchase_of(cart, **changes), actor=SYSTEM_ACTOR, idempotency_key=key, now=now
    )
    return Order.objects.get(number=placed.number)
