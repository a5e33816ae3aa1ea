"""Whole carts: opened, merged, ordered."""

from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.statements import Statement
from shop.goods.inventory import selectors as inventory
from shop.sales.cart.dataclasses import MergeReport
from shop.sales.cart.events import CartChanging
from shop.sales.cart.exceptions import Capped, CartNotFound
from shop.sales.cart.models import Cart, CartLine, CartState
from shop.sales.cart.selectors import unit_limit

WEB = "WEB"
LOCKED = Statement(
    lambda pk: Cart.objects.select_for_update().filter(pk=pk, state=CartState.OPEN),
)
LOCKED_OF_CUSTOMER = Statement(
    lambda customer_id, currency: Cart.objects.select_for_update().filter(
        customer_id=customer_id, currency=currency, state=CartState.OPEN
    )
)
LOCKED_OF_GUEST = Statement(
    lambda key: Cart.objects.select_for_update().filter(
        key=key, customer__isnull=True, state=CartState.OPEN
    )
)


def lock_cart(*, cart_id: int) -> Cart:
    """Keep everybody else from changing this open cart until the transaction ends."""
    cart = LOCKED.one(pk=cart_id)
    if cart is None:
        raise CartNotFound
    return cart


def lock_own_cart(*, guest_key: str, customer_id: int | None, currency: str) -> Cart | None:
    """Lock a visitor's open cart, if there is one: a customer's own, or the guest's of a key."""
    if customer_id is not None:
        return LOCKED_OF_CUSTOMER.one(customer_id=customer_id, currency=currency)
    if not guest_key:
        return None
    return LOCKED_OF_GUEST.one(key=guest_key[:26])


def new_cart(*, currency: str, now: datetime, channel: str = WEB) -> Cart:
    """Give a guest an empty cart."""
    return Cart.objects.create(
        currency=currency, channel=channel, last_activity_at=now, created_at=now
    )


@transaction.atomic
def open_cart(*, customer_id: int | None, currency: str, now: datetime, channel: str = WEB) -> Cart:
    """Give a visitor a cart; a customer has at most one open cart in each currency."""
    if customer_id is None:
        return new_cart(currency=currency, now=now, channel=channel)
    opened = {"channel": channel, "last_activity_at": now, "created_at": now}
    cart, _ = Cart.objects.get_or_create(
        customer_id=customer_id, currency=currency, state=CartState.OPEN, defaults=opened
    )
    return cart


@transaction.atomic
def claim_cart(*, cart_id: int, customer_id: int, actor: Actor, now: datetime) -> MergeReport:
    """Make a visitor's cart the cart of the customer who has just signed in."""
    return merge(source_cart_id=cart_id, customer_id=customer_id, actor=actor, now=now)


@transaction.atomic
def merge(*, source_cart_id: int, customer_id: int, actor: Actor, now: datetime) -> MergeReport:
    """Add what a visitor has put aside to the saved cart, and report what did not fit."""
    currency = Cart.objects.filter(pk=source_cart_id).values_list("currency", flat=True).first()
    if currency is None:
        raise CartNotFound
    kept = Cart.objects.filter(customer_id=customer_id, currency=currency, state=CartState.OPEN)
    pks = {source_cart_id, *kept.values_list("pk", flat=True)}
    locked = Cart.objects.select_for_update().filter(pk__in=pks, state=CartState.OPEN)
    carts = {cart.pk: cart for cart in locked.order_by("pk")}
    source = carts.pop(source_cart_id, None)
    if source is None or source.customer_id not in {None, customer_id}:
        raise CartNotFound
    target = next(iter(carts.values()), None)
    if target is None:
        return _take_over(source, customer_id, now)
    publish(CartChanging(cart_id=source.pk, occurred_at=now))
    publish(CartChanging(cart_id=target.pk, occurred_at=now))
    capped = _add_lines(source, target, now)
    source.state = CartState.MERGED
    source.last_activity_at = now
    source.save(update_fields=["state", "last_activity_at"])
    target.last_activity_at = now
    target.save(update_fields=["last_activity_at"])
    return MergeReport(cart_id=target.pk, cart_key=target.key, capped=tuple(capped))


def _take_over(source: Cart, customer_id: int, now: datetime) -> MergeReport:
    source.customer_id = customer_id
    source.last_activity_at = now
    source.save(update_fields=["customer", "last_activity_at"])
    return MergeReport(cart_id=source.pk, cart_key=source.key)


def _add_lines(source: Cart, target: Cart, now: datetime) -> list[Capped]:
    incoming = list(CartLine.objects.filter(cart=source).order_by("pk"))
    present = {line.variant_id: line for line in CartLine.objects.filter(cart=target)}
    available = inventory.available([line.variant_id for line in incoming])
    room = unit_limit(target.customer_id) - sum(line.quantity for line in present.values())
    capped = []
    for line in incoming:
        saved = present.get(line.variant_id)
        before = saved.quantity if saved else 0
        in_stock = max(available[line.variant_id] - before, 0)
        added = max(min(line.quantity, in_stock, room), 0)
        room -= added
        if added < line.quantity:
            reason = "stock" if in_stock <= added else "limit"
            capped.append(Capped(line.variant_id, before + line.quantity, before + added, reason))
        _put(target, line, saved, added, now)
    return capped


def _put(target: Cart, line: CartLine, saved: CartLine | None, added: int, now: datetime) -> None:
    if added < 1:
        return
    if saved is not None:
        saved.quantity += added
        saved.save(update_fields=["quantity"])
    else:
        CartLine.objects.create(
            cart=target,
            variant_id=line.variant_id,
            quantity=added,
            seen_unit_price=line.seen_unit_price,
            added_at=now,
        )


def mark_ordered(*, cart: Cart, customer_id: int, order_number: str, now: datetime) -> None:
    """Close a cart, which the caller has locked, because its goods were ordered."""
    cart.state = CartState.ORDERED
    cart.customer_id = customer_id
    cart.order_number = order_number
    cart.last_activity_at = now
    cart.save(update_fields=["state", "customer", "order_number", "last_activity_at"])


@transaction.atomic
def repoint_carts(*, source_customer_id: int, target_customer_id: int, actor: Actor) -> None:
    """Give the carts of one customer to another, because they are the same person."""
    carts = Cart.objects.select_for_update().filter(customer_id=source_customer_id).order_by("pk")
    for cart in list(carts):
        if cart.state == CartState.OPEN:
            cart.customer = None
            cart.save(update_fields=["customer"])
            merge(
                source_cart_id=cart.pk,
                customer_id=target_customer_id,
                actor=actor,
                now=cart.last_activity_at,
            )
        else:
            cart.customer_id = target_customer_id
            cart.save(update_fields=["customer"])
