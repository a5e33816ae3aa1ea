"""Visits to the till: begun, given up, over."""

from datetime import datetime, timedelta

from django.db import transaction

from shop.core import options
from shop.core.actors import SYSTEM_ACTOR, Actor
from shop.core.statements import Statement
from shop.goods.inventory import services as inventory
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart import services as carts
from shop.sales.checkout.exceptions import EmptyCart
from shop.sales.checkout.models import Checkout, CheckoutState
from shop.sales.checkout.services.holding import covers, held_by, hold

LOCKED = Statement(
    lambda cart_id: Checkout.objects.select_for_update().filter(
        cart_id=cart_id, state=CheckoutState.OPEN
    )
)


@transaction.atomic
def begin(*, cart_id: int, actor: Actor, now: datetime) -> Checkout:
    """Start checkout: hold everything in the cart for a while, or say what is missing."""
    cart = carts.lock_cart(cart_id=cart_id)
    lines = cart_selectors.lines_of(cart.pk)
    if not lines:
        raise EmptyCart
    expires_at = now + timedelta(minutes=options.value("cart.reservation_minutes"))
    wanted = {line.variant_id: line.quantity for line in lines}
    checkout = LOCKED.one(cart_id=cart.pk)
    if checkout is None:
        checkout = Checkout(cart=cart, created_at=now)
    elif _is_kept(checkout.key, wanted, expires_at):
        checkout.expires_at = expires_at
        checkout.save(update_fields=["expires_at"])
        return checkout
    else:
        inventory.release_holder(holder=checkout.key, actor=actor, now=now)
    checkout.expires_at = expires_at
    checkout.save()
    hold(
        holder=checkout.key,
        wanted=wanted,
        destination=None,
        expires_at=expires_at,
        actor=actor,
        now=now,
    )
    return checkout


def _is_kept(holder: str, wanted: dict[int, int], expires_at: datetime) -> bool:
    """Whether all that is wanted was held already and is held longer now."""
    held = held_by(holder)
    if not covers(held, wanted):
        return False
    extended = inventory.extend(holder=holder, expires_at=expires_at)
    return extended == sum(len(parts) for parts in held.values())


@transaction.atomic
def let_go(*, cart_id: int, now: datetime) -> bool:
    """Put what is held for a cart back on sale, because the cart is being changed."""
    checkout = LOCKED.one(cart_id=cart_id)
    if checkout is None:
        return False
    _close(checkout, now)
    return True


@transaction.atomic
def expire(*, now: datetime, limit: int = 500) -> int:
    """End the visits that took too long, and put their goods back on sale."""
    over = Checkout.objects.filter(state=CheckoutState.OPEN, expires_at__lte=now)
    pks = list(over.order_by("expires_at").values_list("pk", flat=True)[:limit])
    locked = over.select_for_update().filter(pk__in=pks).order_by("pk")
    checkouts = list(locked)
    for checkout in checkouts:
        _close(checkout, now)
    return len(checkouts)


def _close(checkout: Checkout, now: datetime) -> None:
    inventory.release_holder(holder=checkout.key, actor=SYSTEM_ACTOR, now=now)
    checkout.state = CheckoutState.EXPIRED
    checkout.save(update_fields=["state"])
