"""A cart holds whole units of what is for sale, within stock and its own limit."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.core.keys import new_key
from shop.pricing.price_lists.models import Price
from shop.sales.cart import selectors, services
from shop.sales.cart.exceptions import (
    CartNotFound,
    LineNotFound,
    NotEnoughStock,
    NotSellable,
    QuantityRefused,
    StockLimitExceeded,
)
from shop.sales.cart.models import Cart, CartLine
from shop.sales.cart.quantities import parse_quantity
from tests.factories.cart import cart_with, open_cart
from tests.factories.orders import registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def add(cart, variant, quantity):
    return services.add_line(
        cart_id=cart.pk, variant_id=variant.pk, quantity=quantity, actor=SYSTEM_ACTOR, now=NOW
    )


def change(cart, line, quantity):
    return services.set_quantity(
        cart_id=cart.pk, line_key=line.key, quantity=quantity, actor=SYSTEM_ACTOR, now=NOW
    )


def quantities(cart):
    return [line.quantity for line in selectors.lines_of(cart.pk)]


@pytest.mark.req("CART-01")
def test_adding_again_adds_units_to_the_line():
    shoes = sellable_variant()
    cart = cart_with((shoes, 1))

    add(cart, shoes, 2)

    assert quantities(cart) == [3]


@pytest.mark.req("CART-01")
def test_a_removed_line_is_gone_and_removing_it_again_is_no_problem():
    cart = cart_with()
    line = cart.lines.get()

    for _ in range(2):
        services.remove_line(cart_id=cart.pk, line_key=line.key, actor=SYSTEM_ACTOR, now=NOW)

    assert quantities(cart) == []


@pytest.mark.req("CART-02")
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-1", "Quantity cannot be negative."),
        (-1, "Quantity cannot be negative."),
        ("0", "Quantity must be at least 1."),
        ("1.5", "Quantity must be a whole number."),
        ("1,5", "Quantity must be a whole number."),
        ("1e3", "Quantity must be a whole number."),
        (1.5, "Quantity must be a whole number."),
        (True, "Quantity must be a whole number."),
        (None, "Quantity must be a whole number."),
        (str(10**20), "Quantity is too large."),
        (10**20, "Quantity is too large."),
        ("two", "Quantity must be a whole number."),
        ("٣", "Quantity must be a whole number."),
        ("", "Enter a quantity."),
        ("9" * 10_000_000, "Quantity must be a whole number."),
    ],
)
def test_what_is_not_a_quantity_is_refused_in_plain_words(typed, message):
    with pytest.raises(QuantityRefused, match=f"^{message}$"):
        parse_quantity(typed)


def test_a_quantity_may_have_blanks_around_it():
    assert parse_quantity(" 12 ") == 12


@pytest.mark.req("CART-02")
@pytest.mark.parametrize("quantity", [-1, 0, 10**20])
def test_services_refuse_impossible_quantities(quantity):
    shoes = sellable_variant()
    cart = cart_with((shoes, 1))

    with pytest.raises(QuantityRefused):
        add(cart, shoes, quantity)
    with pytest.raises(QuantityRefused):
        change(cart, cart.lines.get(), quantity)

    assert quantities(cart) == [1]


@pytest.mark.req("CART-02")
@pytest.mark.parametrize("quantity", [-1, 0])
def test_the_database_refuses_them_too(quantity):
    cart = cart_with()
    line = cart.lines.get()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cart_cartline (key, cart_id, variant_id, quantity, seen_unit_price,"
            " added_at) VALUES (%s, %s, %s, %s, 1, %s)",
            [new_key(), open_cart().pk, line.variant_id, quantity, NOW],
        )

    assert CartLine.objects.count() == 1


@pytest.mark.req("CART-03")
def test_a_hundred_units_pass_and_one_more_is_refused():
    pens, pencils = sellable_variant(stock=500), sellable_variant(stock=500)
    cart = cart_with((pens, 60), (pencils, 40))

    with pytest.raises(StockLimitExceeded) as refusal:
        add(cart, pens, 1)
    with pytest.raises(StockLimitExceeded):
        change(cart, cart.lines.earliest("pk"), 61)

    assert str(refusal.value) == "Stock limit exceeded!"
    assert quantities(cart) == [60, 40]


@pytest.mark.req("CART-03")
def test_a_bulk_buyer_has_a_limit_of_their_own():
    pens = sellable_variant(stock=20_000)
    cart = cart_with((pens, 10_000), customer=registered_customer(custom={"bulk_allowed": True}))

    with pytest.raises(StockLimitExceeded):
        add(cart, pens, 1)

    assert quantities(cart) == [10_000]


@pytest.mark.req("CART-03")
def test_the_limit_is_an_option():
    options.set_value("cart.max_units", 2, SYSTEM_ACTOR, NOW)

    with pytest.raises(StockLimitExceeded):
        cart_with((sellable_variant(), 3))


@pytest.mark.req("CART-04")
def test_more_than_is_in_stock_is_refused():
    shoes = sellable_variant(stock=2)
    cart = cart_with((shoes, 1))

    with pytest.raises(NotEnoughStock) as refusal:
        add(cart, shoes, 2)

    assert str(refusal.value) == "Only 2 left in stock."
    assert quantities(cart) == [1]


def test_less_of_a_line_is_always_possible():
    shoes = sellable_variant(stock=5)
    cart = cart_with((shoes, 5))
    shoes.stock_items.update(on_hand=1)

    change(cart, cart.lines.get(), 2)

    assert quantities(cart) == [2]


@pytest.mark.parametrize("spoil", ["hide", "no price", "foreign"])
def test_what_is_not_for_sale_is_refused(spoil):
    shoes = sellable_variant()
    cart = open_cart()
    if spoil == "hide":
        type(shoes.product).objects.update(is_published=False)
    elif spoil == "no price":
        Price.objects.all().delete()
    else:
        shoes.pk = 999_999

    with pytest.raises(NotSellable):
        add(cart, shoes, 1)

    assert quantities(cart) == []


def test_a_line_of_another_cart_cannot_be_changed():
    mine, yours = cart_with(), cart_with()

    with pytest.raises(LineNotFound):
        change(mine, yours.lines.get(), 5)

    assert quantities(yours) == [1]


def test_an_ordered_cart_cannot_be_changed():
    shoes = sellable_variant()
    cart = cart_with((shoes, 1))
    Cart.objects.update(state="ORDERED")

    with pytest.raises(CartNotFound):
        add(cart, shoes, 1)

    assert quantities(cart) == [1]


@pytest.mark.req("CART-05")
def test_a_guest_cart_of_two_and_a_saved_one_make_three():
    shoes, customer = sellable_variant(), registered_customer()
    saved = cart_with((shoes, 1), customer=customer)
    guest = cart_with((shoes, 2))

    report = services.merge(
        source_cart_id=guest.pk, customer_id=customer.pk, actor=SYSTEM_ACTOR, now=NOW
    )

    assert report.cart_id == saved.pk
    assert report.capped == ()
    assert quantities(saved) == [3]
    guest.refresh_from_db()
    assert guest.state == "MERGED"


@pytest.mark.req("CART-05")
def test_a_merge_reports_what_stock_and_limit_capped():
    scarce, plenty = sellable_variant(stock=2), sellable_variant(stock=500)
    customer = registered_customer()
    saved = cart_with((scarce, 1), (plenty, 50), customer=customer)
    guest = cart_with((scarce, 2), (plenty, 60))

    report = services.merge(
        source_cart_id=guest.pk, customer_id=customer.pk, actor=SYSTEM_ACTOR, now=NOW
    )

    assert quantities(saved) == [2, 98]
    assert [
        (capped.variant_id, capped.wanted, capped.kept, capped.reason) for capped in report.capped
    ] == [(scarce.pk, 3, 2, "stock"), (plenty.pk, 110, 98, "limit")]


@pytest.mark.req("CART-05")
def test_without_a_saved_cart_the_guest_cart_is_taken_over():
    customer, guest = registered_customer(), cart_with()

    report = services.merge(
        source_cart_id=guest.pk, customer_id=customer.pk, actor=SYSTEM_ACTOR, now=NOW
    )

    assert report.cart_id == guest.pk
    assert selectors.current_cart(customer.pk) == guest


def test_the_cart_of_somebody_else_cannot_be_merged():
    yours = cart_with(customer=registered_customer())
    me = registered_customer("me@example.com")

    with pytest.raises(CartNotFound):
        services.merge(source_cart_id=yours.pk, customer_id=me.pk, actor=SYSTEM_ACTOR, now=NOW)

    assert selectors.current_cart(me.pk) is None


@pytest.mark.req("CART-05")
def test_a_customer_keeps_one_open_cart():
    customer = registered_customer()

    first, second = open_cart(customer), open_cart(customer)

    assert first == second


@pytest.mark.req("CART-12")
def test_a_changed_price_is_shown_until_it_is_accepted():
    shoes = sellable_variant(price="100.00")
    cart = cart_with((shoes, 1))
    Price.objects.update(amount=Decimal("120.00"))

    before = selectors.cart_view(cart.pk, NOW).lines[0]
    services.accept_prices(cart_id=cart.pk, now=NOW)
    after = selectors.cart_view(cart.pk, NOW).lines[0]

    assert (before.seen_unit_price, before.unit_price) == (Decimal("100.00"), Decimal("120.00"))
    assert (before.is_price_changed, after.is_price_changed) == (True, False)


@pytest.mark.req("CART-01")
def test_the_sums_of_a_cart_view_are_those_of_its_lines():
    cart = cart_with((sellable_variant(price="2499.00"), 1), (sellable_variant(price="10.10"), 3))

    view = selectors.cart_view(cart.pk, NOW)

    assert view.units == 4
    assert view.totals.goods_subtotal == Decimal("2529.30")
    assert view.totals.discount_total == Decimal("252.93")
    assert view.totals.grand_total == sum(line.total.total for line in view.lines)
    assert view.totals.grand_total == Decimal("2276.37")


def test_a_hidden_product_stays_visible_in_the_cart_but_not_in_the_sum():
    kept, hidden = sellable_variant(price="10.00"), sellable_variant(price="20.00")
    cart = cart_with((kept, 1), (hidden, 1))
    hidden.product.is_published = False
    hidden.product.save()

    view = selectors.cart_view(cart.pk, NOW)

    assert [line.problem for line in view.lines] == ["", "This item is not for sale any more."]
    assert view.totals.grand_total == Decimal("10.00")


def test_a_cart_view_takes_the_same_queries_for_one_line_and_ten(django_assert_max_num_queries):
    def queries(lines):
        cart = cart_with(*((sellable_variant(), 1) for _ in range(lines)))
        with django_assert_max_num_queries(50) as seen:
            selectors.cart_view(cart.pk, NOW)
        return len(seen)

    queries(1)
    assert queries(1) == queries(10)
