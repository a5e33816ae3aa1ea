"""Starting checkout holds the goods of a cart for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.inventory import selectors as inventory
from shop.goods.inventory import services as stock
from shop.goods.inventory.exceptions import OutOfStock
from shop.goods.inventory.models import Reservation
from shop.sales.cart import services as carts
from shop.sales.checkout import selectors, services
from shop.sales.checkout.exceptions import EmptyCart
from shop.sales.checkout.models import Checkout
from tests.factories.cart import cart_with, open_cart
from tests.factories.orders import placed_order
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def begin(cart, now=NOW):
    return services.begin(cart_id=cart.pk, actor=SYSTEM_ACTOR, now=now)


def left(variant):
    return inventory.available([variant.pk])[variant.pk]


@pytest.mark.req("CART-11")
def test_the_last_unit_is_held_for_fifteen_minutes():
    shoes = sellable_variant(stock=1)
    other = cart_with((shoes, 1))

    checkout = begin(cart_with((shoes, 1)))

    assert checkout.expires_at == NOW + timedelta(minutes=15)
    assert left(shoes) == 0
    with pytest.raises(OutOfStock):
        begin(other)
    assert Reservation.objects.count() == 1


@pytest.mark.req("CART-11")
def test_what_is_held_too_long_goes_back_on_sale():
    shoes = sellable_variant(stock=1)
    checkout = begin(cart_with((shoes, 1)))

    early = services.expire(now=NOW + timedelta(minutes=14))
    late = services.expire(now=NOW + timedelta(minutes=15))

    checkout.refresh_from_db()
    assert (early, late, checkout.state, left(shoes)) == (0, 1, "EXPIRED", 1)


@pytest.mark.req("CART-11")
def test_a_checkout_whose_goods_the_inventory_took_back_is_over():
    shoes = sellable_variant(stock=1)
    checkout = begin(cart_with((shoes, 1)))

    stock.release_expired(now=NOW + timedelta(minutes=16))

    checkout.refresh_from_db()
    assert (checkout.state, left(shoes)) == ("EXPIRED", 1)


@pytest.mark.req("CART-11")
def test_beginning_again_holds_the_goods_once_and_longer():
    shoes = sellable_variant(stock=5)
    cart = cart_with((shoes, 2))
    first = begin(cart)

    again = begin(cart, NOW + timedelta(minutes=10))

    assert again.pk == first.pk
    assert again.expires_at == NOW + timedelta(minutes=25)
    assert left(shoes) == 3
    assert Reservation.objects.get(state="HELD").expires_at == again.expires_at


def test_a_change_of_the_cart_lets_the_goods_go():
    shoes = sellable_variant(stock=2)
    cart = cart_with((shoes, 1))
    begin(cart)

    carts.add_line(cart_id=cart.pk, variant_id=shoes.pk, quantity=1, actor=SYSTEM_ACTOR, now=NOW)

    assert left(shoes) == 2
    assert selectors.open_checkout_of(cart.pk) is None
    assert begin(cart).state == "OPEN"
    assert left(shoes) == 0


def test_an_empty_cart_has_nothing_to_check_out():
    with pytest.raises(EmptyCart):
        begin(open_cart())

    assert not Checkout.objects.exists()


@pytest.mark.req("CART-11")
def test_an_order_takes_over_what_its_checkout_held():
    shoes = sellable_variant(stock=1)
    cart = cart_with((shoes, 1))
    checkout = begin(cart)

    order = placed_order(cart=cart, checkout_key=checkout.key)

    checkout.refresh_from_db()
    assert (checkout.state, checkout.order_number) == ("ORDERED", order.number)
    held = Reservation.objects.get()
    assert (held.state, held.expires_at, left(shoes)) == ("HELD", None, 0)
    assert stock.release_expired(now=NOW + timedelta(days=2)) == []


def test_an_order_after_the_till_closed_holds_its_goods_anew():
    shoes = sellable_variant(stock=1)
    cart = cart_with((shoes, 1))
    checkout = begin(cart)
    services.expire(now=NOW + timedelta(minutes=16))

    order = placed_order(cart=cart, checkout_key=checkout.key, now=NOW + timedelta(minutes=17))

    assert order.status == "DRAFT"
    assert left(shoes) == 0


def test_held_units_of_a_cart_are_known():
    shoes = sellable_variant(stock=5)
    cart = cart_with((shoes, 2))
    begin(cart)

    assert selectors.held_units(cart.pk, NOW) == {shoes.pk: 2}
