"""Lines of a cart: added, changed, removed, confirmed."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import publish
from shop.directory.organization import selectors as organization
from shop.goods.catalog import selectors as catalog
from shop.goods.inventory import selectors as inventory
from shop.pricing.price_lists import selectors as price_lists
from shop.sales.cart.events import CartChanging
from shop.sales.cart.exceptions import (
    LineNotFound,
    NotEnoughStock,
    NotSellable,
    StockLimitExceeded,
)
from shop.sales.cart.models import Cart, CartLine
from shop.sales.cart.quantities import check_quantity
from shop.sales.cart.selectors import lines_of, unit_limit
from shop.sales.cart.services.carts import lock_cart, lock_own_cart, new_cart, open_cart


@transaction.atomic
def add_to_cart(
    *,
    guest_key: str,
    customer_id: int | None,
    sku: str,
    quantity: int,
    actor: Actor,
    now: datetime,
) -> Cart:
    """Put units into a visitor's cart, which is opened at the first thing added."""
    check_quantity(quantity)
    variant_id = catalog.sellable_variant_id(sku)
    if variant_id is None:
        raise NotSellable
    currency = organization.currency()
    cart = lock_own_cart(guest_key=guest_key, customer_id=customer_id, currency=currency)
    if cart is None and customer_id is None:
        cart = new_cart(currency=currency, now=now)
        _fill(cart, [], variant_id, quantity, now)
        return cart
    if cart is None:
        opened = open_cart(customer_id=customer_id, currency=currency, now=now)
        cart = lock_cart(cart_id=opened.pk)
    _add(cart, variant_id, quantity, now)
    return cart


@transaction.atomic
def add_line(
    *, cart_id: int, variant_id: int, quantity: int, actor: Actor, now: datetime
) -> CartLine:
    """Put units of a variant into a cart, as far as stock and the limit of a cart allow."""
    check_quantity(quantity)
    cart = lock_cart(cart_id=cart_id)
    if not catalog.is_sellable(variant_id):
        raise NotSellable
    return _add(cart, variant_id, quantity, now)


def _add(cart: Cart, variant_id: int, quantity: int, now: datetime) -> CartLine:
    """Add to a cart that was there before, which this transaction has locked."""
    lines = lines_of(cart.pk)
    publish(CartChanging(cart_id=cart.pk, occurred_at=now))
    line = _fill(cart, lines, variant_id, quantity, now)
    _touch(cart, now)
    return line


def _fill(
    cart: Cart, lines: list[CartLine], variant_id: int, quantity: int, now: datetime
) -> CartLine:
    saved = next((line for line in lines if line.variant_id == variant_id), None)
    wanted = quantity + (saved.quantity if saved else 0)
    price = _price(cart, variant_id, now)
    _check_room(cart, lines, added=quantity)
    _check_stock(variant_id, wanted)
    if saved is None:
        return CartLine.objects.create(
            cart=cart,
            variant_id=variant_id,
            quantity=wanted,
            seen_unit_price=price,
            added_at=now,
        )
    saved.quantity = wanted
    saved.save(update_fields=["quantity"])
    return saved


@transaction.atomic
def set_quantity(
    *, cart_id: int, line_key: str, quantity: int, actor: Actor, now: datetime
) -> CartLine:
    """Change how many units of a line the visitor wants."""
    check_quantity(quantity)
    cart = lock_cart(cart_id=cart_id)
    lines = lines_of(cart.pk)
    line = next((line for line in lines if line.key == line_key), None)
    if line is None:
        raise LineNotFound
    publish(CartChanging(cart_id=cart.pk, occurred_at=now))
    if quantity > line.quantity:
        if not catalog.is_sellable(line.variant_id):
            raise NotSellable
        _price(cart, line.variant_id, now)
        _check_room(cart, lines, added=quantity - line.quantity)
        _check_stock(line.variant_id, quantity)
    line.quantity = quantity
    line.save(update_fields=["quantity"])
    _touch(cart, now)
    return line


@transaction.atomic
def remove_line(*, cart_id: int, line_key: str, actor: Actor, now: datetime) -> None:
    """Take a line out of a cart; one that is gone already is no problem."""
    cart = lock_cart(cart_id=cart_id)
    publish(CartChanging(cart_id=cart.pk, occurred_at=now))
    CartLine.objects.filter(cart_id=cart.pk, key=line_key[:26]).delete()
    _touch(cart, now)


@transaction.atomic
def accept_prices(*, cart_id: int, now: datetime) -> None:
    """Note that the visitor has seen today's prices and goes on."""
    cart = lock_cart(cart_id=cart_id)
    lines = lines_of(cart.pk)
    prices = price_lists.prices_for(
        variant_ids=[line.variant_id for line in lines], currency=cart.currency, now=now
    )
    changed = []
    for line in lines:
        price = prices.get(line.variant_id)
        if price is not None and price.amount != line.seen_unit_price:
            line.seen_unit_price = price.amount
            changed.append(line)
    CartLine.objects.bulk_update(changed, ["seen_unit_price"])
    _touch(cart, now)


def _price(cart: Cart, variant_id: int, now: datetime) -> Decimal:
    """What a unit costs today; refused for what has no price."""
    prices = price_lists.prices_for(variant_ids=[variant_id], currency=cart.currency, now=now)
    if variant_id not in prices:
        raise NotSellable
    return prices[variant_id].amount


def _check_room(cart: Cart, lines: list[CartLine], added: int) -> None:
    if sum(line.quantity for line in lines) + added > unit_limit(cart.customer_id):
        raise StockLimitExceeded


def _check_stock(variant_id: int, wanted: int) -> None:
    left = inventory.available([variant_id])[variant_id]
    if left < wanted:
        raise NotEnoughStock(left)


def _touch(cart: Cart, now: datetime) -> None:
    cart.last_activity_at = now
    cart.save(update_fields=["last_activity_at"])
