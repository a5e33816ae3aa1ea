"""Placing an order: one transaction, everything or nothing."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from shop.core import idempotency, options
from shop.core.actors import Actor
from shop.core.keys import new_key
from shop.core.statements import Statement
from shop.directory.customers import services as customers
from shop.directory.customers.models import Customer
from shop.goods.inventory import services as inventory
from shop.goods.inventory.exceptions import ReservationGone
from shop.pricing.totals import selectors as pricing
from shop.pricing.totals.dataclasses import Totals
from shop.pricing.totals.exceptions import ShippingNotOffered
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart import services as carts
from shop.sales.cart.exceptions import CartNotFound, StockLimitExceeded
from shop.sales.cart.models import Cart, CartLine, CartState
from shop.sales.checkout.dataclasses import PlacedOrder, Purchase
from shop.sales.checkout.exceptions import (
    CartChanged,
    CartOrdered,
    CheckoutExpired,
    EmptyCart,
    PurchaseRefused,
)
from shop.sales.checkout.models import Checkout, CheckoutState
from shop.sales.checkout.services.holding import HeldByVariant, covers, held_by, hold
from shop.sales.checkout.validation import problems
from shop.sales.orders import services as orders
from shop.sales.orders.dataclasses import OrderDraft
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments.methods import METHODS, available_methods

HOLD_ATTEMPTS = 3

CART = Statement(lambda key: Cart.objects.select_for_update().filter(key=key))
CHECKOUT = Statement(
    lambda cart_id: Checkout.objects.select_for_update().filter(
        cart_id=cart_id, state=CheckoutState.OPEN
    )
)


def place_order(
    *, purchase: Purchase, actor: Actor, idempotency_key: str, now: datetime
) -> PlacedOrder:
    """Turn a cart into an order; the same submission again gives the first answer again."""
    purchase = purchase.tidied()
    if found := problems(purchase):
        raise PurchaseRefused(found)
    for attempt in range(1, HOLD_ATTEMPTS + 1):
        try:
            return _place(purchase, actor, idempotency_key, now)
        except ReservationGone:
            # What was held ran out between our look and our lock: hold anew, or say it is gone.
            if attempt == HOLD_ATTEMPTS:
                raise CheckoutExpired from None
    raise CheckoutExpired


@transaction.atomic
def _place(purchase: Purchase, actor: Actor, idempotency_key: str, now: datetime) -> PlacedOrder:
    claim = idempotency.begin(
        scope=f"checkout:{purchase.cart_key[:26]}",
        key=idempotency_key,
        fingerprint=purchase.fingerprint(),
        now=now,
    )
    if claim.answer is not None:
        return PlacedOrder(**claim.answer)
    customer = _buyer(purchase, actor, now)
    cart = _lock_cart(purchase)
    lines = _lines(cart)
    totals = _price(purchase, lines, now)
    checkout = _lock_checkout(cart, purchase)
    held, is_fresh = _hold(checkout, lines, purchase, actor, now)
    order = orders.create_order(
        draft=_draft(purchase, customer, totals, held, lines),
        actor=actor,
        now=now,
        customer=customer,
    )
    carts.mark_ordered(cart=cart, customer_id=customer.pk, order_number=order.number, now=now)
    _close_checkout(checkout, order)
    payment = payments.open_payment_of(
        order=order, method=purchase.payment_method, actor=actor, now=now
    )
    # Last, so that nobody waits long for hot goods: firm up what the order holds. An order that
    # became binding just now has done so already.
    if checkout is not None and not is_fresh and payment.accepted_at is None:
        _keep_without_limit(checkout, held)
    placed = PlacedOrder(
        number=order.number,
        key=order.key,
        payment_key=payment.key,
        needs_redirect=METHODS[purchase.payment_method].needs_redirect and payment.amount > 0,
    )
    claim.finish(asdict(placed))
    return placed


def _buyer(purchase: Purchase, actor: Actor, now: datetime) -> Customer:
    if purchase.customer_id is None:
        return customers.guest_for(
            email=purchase.email,
            full_name=purchase.full_name,
            phone=purchase.phone,
            actor=actor,
            now=now,
        )
    customer = Customer.objects.select_for_update().filter(pk=purchase.customer_id).first()
    if customer is None or customer.merged_into_id is not None:
        raise CheckoutExpired
    return customer


def _lock_cart(purchase: Purchase) -> Cart:
    cart = CART.one(key=purchase.cart_key[:26])
    if cart is None or cart.customer_id not in {None, purchase.customer_id}:
        if cart is not None and cart.state == CartState.ORDERED and purchase.customer_id is None:
            raise CartOrdered(cart.order_number)
        raise CartNotFound
    if cart.state == CartState.ORDERED:
        raise CartOrdered(cart.order_number)
    if cart.state != CartState.OPEN or cart.currency != purchase.currency:
        raise CartNotFound
    return cart


def _lines(cart: Cart) -> list[CartLine]:
    lines = cart_selectors.lines_of(cart.pk)
    if not lines:
        raise EmptyCart
    if sum(line.quantity for line in lines) > cart_selectors.unit_limit(cart.customer_id):
        raise StockLimitExceeded
    return lines


def _price(purchase: Purchase, lines: list[CartLine], now: datetime) -> Totals:
    """Today's sum, which must be the one that the buyer saw; ways to pay and ship must fit it."""
    choose = PurchaseRefused({"shipping_code": "Choose one of the shipping methods."})
    try:
        totals = pricing.quote(
            lines=cart_selectors.wanted_lines(lines),
            destination=purchase.shipping,
            shipping_code=purchase.shipping_code,
            currency=purchase.currency,
            now=now,
        )
    except ShippingNotOffered:
        raise choose from None
    if totals.shipping is None:
        raise choose
    offered = available_methods(
        currency=totals.currency,
        grand_total=totals.grand_total,
        country=purchase.shipping.country,
    )
    if purchase.payment_method not in {method.code for method in offered}:
        raise PurchaseRefused({"payment_method": "Choose one of the payment methods."})
    if totals.grand_total != purchase.expected_total:
        raise CartChanged(totals)
    return totals


def _lock_checkout(cart: Cart, purchase: Purchase) -> Checkout | None:
    """The open visit to the till of this cart; a foreign key is refused."""
    checkout = CHECKOUT.one(cart_id=cart.pk)
    named = purchase.checkout_key
    is_other = bool(named) and (checkout is None or checkout.key != named)
    if is_other and not Checkout.objects.filter(cart_id=cart.pk, key=named[:26]).exists():
        raise CheckoutExpired
    return checkout


def _hold(
    checkout: Checkout | None,
    lines: list[CartLine],
    purchase: Purchase,
    actor: Actor,
    now: datetime,
) -> tuple[HeldByVariant, bool]:
    """What is held for the cart, and whether it was held only now, for as long as it takes."""
    wanted = {line.variant_id: line.quantity for line in lines}
    if checkout is not None:
        held = held_by(checkout.key)
        if covers(held, wanted):
            return held, False
        inventory.release_holder(holder=checkout.key, actor=actor, now=now)
    holder = checkout.key if checkout is not None else new_key()
    fresh = hold(
        holder=holder,
        wanted=wanted,
        destination=purchase.shipping,
        expires_at=None,
        actor=actor,
        now=now,
    )
    return fresh, True


def _keep_without_limit(checkout: Checkout, held: HeldByVariant) -> None:
    kept = inventory.extend(holder=checkout.key, expires_at=None)
    parts = [part.reservation_id for parts in held.values() for part in parts]
    if kept != len(parts):
        raise ReservationGone(parts)


def _draft(
    purchase: Purchase,
    customer: Customer,
    totals: Totals,
    held: HeldByVariant,
    lines: list[CartLine],
) -> OrderDraft:
    is_bulk = sum(line.quantity for line in lines) > options.value("cart.max_units")
    return OrderDraft(
        customer_id=customer.pk,
        email=purchase.email,
        full_name=purchase.full_name,
        phone=purchase.phone,
        billing=purchase.billing,
        shipping=purchase.shipping,
        totals=totals,
        payment_method=purchase.payment_method,
        held=held,
        channel=purchase.channel,
        order_type="BULK" if is_bulk else "NORMAL",
        cart_key=purchase.cart_key,
        source=purchase.source,
        source_number=purchase.source_number,
        note=purchase.note,
        placed_by_id=purchase.placed_by_id,
        sales_rep_id=customer.owner_id,
    )


def _close_checkout(checkout: Checkout | None, order: Order) -> None:
    if checkout is None:
        return
    checkout.state = CheckoutState.ORDERED
    checkout.order_number = order.number
    checkout.save(update_fields=["state", "order_number"])
