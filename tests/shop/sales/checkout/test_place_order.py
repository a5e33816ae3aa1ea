"""A cart becomes an order: everything or nothing, once, at the price that was seen."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.core.idempotency import IdempotencyConflict
from shop.core.models import IdempotencyRecord, TimelineEntry
from shop.directory.customers.models import Customer
from shop.goods.inventory.exceptions import OutOfStock
from shop.goods.inventory.models import Reservation, StockItem
from shop.pricing.price_lists.models import Price
from shop.pricing.totals.exceptions import UnsellableLines
from shop.sales.cart.exceptions import CartNotFound
from shop.sales.cart.models import Cart
from shop.sales.checkout import services
from shop.sales.checkout.exceptions import (
    CartChanged,
    CartOrdered,
    CheckoutExpired,
    EmptyCart,
    PurchaseRefused,
)
from shop.sales.checkout.models import Checkout
from shop.sales.orders.models import Order, OrderAddress, OrderAllocation, OrderLine
from shop.sales.payments.models import Payment
from tests.factories.cart import cart_with, open_cart
from tests.factories.orders import HOME, placed_order, purchase_of, registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
WRITTEN = (Order, OrderLine, OrderAddress, OrderAllocation, Payment, TimelineEntry)


def place(purchase, key="first"):
    return services.place_order(purchase=purchase, actor=SYSTEM_ACTOR, idempotency_key=key, now=NOW)


def nothing_was_written():
    return all(not model.objects.exists() for model in (*WRITTEN, IdempotencyRecord, Reservation))


@pytest.mark.req("ORD-01", "ORD-09")
def test_an_order_holds_number_prices_taxes_addresses_lines_and_payment():
    shoes = sellable_variant(price="1180.00", stock=5, sku="SHOE-9")
    cart = cart_with((shoes, 2))

    placed = place(purchase_of(cart))

    order = Order.objects.get(number=placed.number)
    assert order.number.startswith("261121-")
    assert (order.status, order.payment_status) == ("DRAFT", "PENDING")
    assert order.goods_total == Decimal("2360.00")
    assert order.discount_total == Decimal("236.00")
    assert order.shipping_total == Decimal("0.00")
    assert order.grand_total == Decimal("2124.00")
    assert order.tax_total == Decimal("324.00")
    assert (order.region, order.shipping_state, order.place_of_supply) == ("South", "AP", "AP")
    line = order.lines.get()
    assert (line.sku, line.title, line.quantity) == ("SHOE-9", shoes.product.name, 2)
    assert (line.net, line.tax, line.total) == (
        Decimal("1800.00"),
        Decimal("324.00"),
        Decimal("2124.00"),
    )
    assert order.addresses.get(kind="SHIPPING").postal_code == "517325"
    payment = order.payments.get()
    assert (payment.amount, payment.state, payment.key) == (
        Decimal("2124.00"),
        "PENDING",
        placed.payment_key,
    )
    assert placed.needs_redirect is True
    assert Reservation.objects.get().expires_at is None
    assert Cart.objects.get().state == "ORDERED"
    assert TimelineEntry.objects.filter(thread_key=order.key, kind="order.placed").count() == 1


@pytest.mark.req("ORD-01")
@pytest.mark.parametrize(
    "step",
    [
        "shop.sales.checkout.services.placing.orders.create_order",
        "shop.sales.orders.services.placing.insert",
        "shop.sales.orders.services.placing._write_lines",
        "shop.sales.orders.services.placing.customers.note_purchase",
        "shop.sales.orders.services.placing.publish",
        "shop.sales.checkout.services.placing.carts.mark_ordered",
        "shop.sales.checkout.services.placing._keep_without_limit",
        "shop.sales.checkout.services.placing.payments.open_payment_of",
        "shop.sales.payments.services.opening.publish",
        "shop.core.idempotency.Claim.finish",
    ],
)
def test_a_crash_at_any_step_leaves_nothing(monkeypatch, step):
    cart = cart_with((sellable_variant(stock=1), 1))
    purchase = purchase_of(cart)
    services.begin(cart_id=cart.pk, actor=SYSTEM_ACTOR, now=NOW)

    def crash(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(step, crash)
    with pytest.raises(RuntimeError):
        place(purchase)

    assert all(not model.objects.exists() for model in (*WRITTEN, IdempotencyRecord, Customer))
    assert Cart.objects.get().state == "OPEN"
    assert Checkout.objects.get().state == "OPEN"
    assert Reservation.objects.get().expires_at is not None
    monkeypatch.undo()
    assert place(purchase).number == Order.objects.get().number


@pytest.mark.req("CART-10")
def test_the_same_submission_again_gives_the_first_answer():
    purchase = purchase_of(cart_with())

    first = place(purchase)
    second = place(purchase)

    assert second == first
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)
    assert StockItem.objects.get().reserved == 1


@pytest.mark.req("CART-10")
def test_the_same_key_with_other_content_is_a_conflict():
    purchase = purchase_of(cart_with())
    place(purchase)

    with pytest.raises(IdempotencyConflict):
        place(replace(purchase, note="Leave it at the door"))

    assert Order.objects.count() == 1


def test_another_key_for_an_ordered_cart_names_its_order():
    purchase = purchase_of(cart_with())
    placed = place(purchase)

    with pytest.raises(CartOrdered) as refusal:
        place(purchase, key="second")

    assert refusal.value.order_number == placed.number
    assert Order.objects.count() == 1


@pytest.mark.req("CART-12")
def test_an_order_is_not_placed_at_an_old_price():
    shoes = sellable_variant(price="100.00")
    purchase = purchase_of(cart_with((shoes, 1)))
    Price.objects.filter(variant=shoes).update(amount=Decimal("120.00"))

    with pytest.raises(CartChanged) as refusal:
        place(purchase)

    assert purchase.expected_total == Decimal("149.00")
    assert refusal.value.totals.grand_total == Decimal("169.00")
    assert nothing_was_written()


def test_a_forged_total_is_refused():
    purchase = replace(purchase_of(cart_with()), expected_total=Decimal("0.01"))

    with pytest.raises(CartChanged):
        place(purchase)

    assert nothing_was_written()


def test_an_empty_cart_is_not_ordered():
    with pytest.raises(EmptyCart):
        place(purchase_of(open_cart(), expected_total=Decimal(0)))


def test_a_hidden_product_is_not_ordered():
    shoes = sellable_variant()
    purchase = purchase_of(cart_with((shoes, 1)))
    shoes.product.is_published = False
    shoes.product.save()

    with pytest.raises(UnsellableLines):
        place(purchase)

    assert nothing_was_written()


@pytest.mark.req("CART-04")
def test_what_sold_out_since_it_was_added_is_not_ordered():
    shoes = sellable_variant(stock=2)
    late = purchase_of(cart_with((shoes, 2)))
    placed_order((shoes, 1))

    with pytest.raises(OutOfStock) as refusal:
        place(late)

    assert [(short.wanted, short.available) for short in refusal.value.shortages] == [(2, 1)]
    assert Order.objects.count() == 1


def test_the_cart_of_another_customer_is_not_ordered():
    cart = cart_with(customer=registered_customer())

    with pytest.raises(CartNotFound):
        place(purchase_of(cart, customer_id=None))

    assert nothing_was_written()


def test_the_checkout_of_another_cart_is_refused():
    other = services.begin(cart_id=cart_with().pk, actor=SYSTEM_ACTOR, now=NOW)
    cart = cart_with()

    with pytest.raises(CheckoutExpired):
        place(purchase_of(cart, checkout_key=other.key))

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "x" * 300 + "@example.com"}, "email"),
        ({"full_name": "  "}, "full_name"),
        ({"full_name": "x" * 10_000_000}, "full_name"),
        ({"phone": "9" * 33}, "phone"),
        ({"note": "x" * 2001}, "note"),
        ({"channel": "TELEPATHY"}, "channel"),
        ({"payment_method": ""}, "payment_method"),
        ({"payment_method": "bitcoin"}, "payment_method"),
        ({"shipping_code": ""}, "shipping_code"),
        ({"shipping_code": "teleport"}, "shipping_code"),
        ({"shipping": replace(HOME, postal_code="12")}, "shipping.postal_code"),
        ({"billing": replace(HOME, line1="")}, "billing.line1"),
        ({"billing": replace(HOME, line1="x" * 10_000_000)}, "billing.line1"),
    ],
)
def test_a_purchase_that_cannot_be_is_refused_by_field(changes, field):
    purchase = replace(purchase_of(cart_with()), **changes)

    with pytest.raises(PurchaseRefused) as refusal:
        place(purchase)

    assert list(refusal.value.errors) == [field]
    assert nothing_was_written()


@pytest.mark.req("PAY-01", "PAY-15")
def test_cash_on_delivery_makes_the_order_binding_at_once():
    order = placed_order(payment_method="cod")

    assert (order.status, order.payment_status) == ("ACTIVATED", "PENDING")
    assert order.payments.get().accepted_at == NOW
    assert Reservation.objects.get().state == "ALLOCATED"


def test_a_large_order_is_not_paid_in_cash():
    options.set_value("payments.cod_max_amount", Decimal(100), SYSTEM_ACTOR, NOW)

    with pytest.raises(PurchaseRefused) as refusal:
        place(purchase_of(cart_with(), payment_method="cod"))

    assert list(refusal.value.errors) == ["payment_method"]


@pytest.mark.req("CART-03")
def test_a_bulk_buyer_places_a_bulk_order():
    buyer = registered_customer(custom={"bulk_allowed": True})
    pens = sellable_variant(price="1.00", stock=500)

    order = placed_order((pens, 101), customer=buyer)

    assert order.order_type == "BULK"
    assert order.customer_id == buyer.pk


@pytest.mark.req("CART-18")
def test_one_line_and_a_hundred_take_the_same_number_of_queries(django_assert_max_num_queries):
    def queries(lines):
        cart = cart_with(*((sellable_variant(price="1.00"), 1) for _ in range(lines)))
        purchase = purchase_of(cart, payment_method="cod")
        services.begin(cart_id=cart.pk, actor=SYSTEM_ACTOR, now=NOW)
        with django_assert_max_num_queries(72) as seen:
            place(purchase, key=f"{lines} lines")
        return len(seen)

    queries(1)  # whatever is cached for the process
    assert abs(queries(1) - queries(100)) <= 2
