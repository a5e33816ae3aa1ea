"""Who sees which orders: by role, by link, by number and e-mail."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.directory.access import services as access
from shop.directory.customers.models import User
from shop.sales.orders import links, policies, selectors
from shop.sales.orders.exceptions import LinkRefused, OrderNotFound
from shop.sales.orders.models import Order
from tests.factories.orders import placed_order, registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.mark.req("ACC-13")
def test_a_link_opens_exactly_its_order_for_ninety_days():
    order, other = placed_order(), placed_order()
    token = links.tracking_token(order, now=NOW)

    assert links.order_for_token(token, now=NOW + timedelta(days=90)) == order
    assert links.order_for_token(links.tracking_token(other, now=NOW), now=NOW) == other
    with pytest.raises(LinkRefused):
        links.order_for_token(token, now=NOW + timedelta(days=90, seconds=1))


@pytest.mark.req("ACC-13")
def test_how_long_a_link_opens_is_an_option():
    order = placed_order()
    token = links.tracking_token(order, now=NOW)
    options.set_value("orders.guest_link_days", 1, SYSTEM_ACTOR, NOW)

    with pytest.raises(LinkRefused):
        links.order_for_token(token, now=NOW + timedelta(days=2))


@pytest.mark.parametrize("forgery", ["", "x", "a:b", "x" * 10_000_000, "ä:ö", "e30:x"])
def test_a_forged_link_is_refused(forgery):
    token = links.tracking_token(placed_order(), now=NOW)

    for wrong in (forgery, token[:-1], token + "x", token.swapcase()):
        with pytest.raises(LinkRefused):
            links.order_for_token(wrong, now=NOW)


@pytest.mark.req("ACC-13")
@pytest.mark.parametrize(
    ("number", "email", "is_found"),
    [
        ("{number}", "asha@example.com", True),
        (" {number} ", " ASHA@Example.com ", True),
        ("{number}", "other@example.com", False),
        ("261121-000000", "asha@example.com", False),
        ("{number}", "", False),
    ],
)
def test_a_guest_finds_an_order_by_number_and_email(number, email, is_found):
    order = placed_order()

    found = selectors.find_guest_order(number=number.format(number=order.number), email=email)

    assert found == (order if is_found else None)


def test_an_unknown_number_is_an_anticipated_failure():
    with pytest.raises(OrderNotFound):
        selectors.order_page("261121-000000")


def test_an_order_page_takes_the_same_queries_for_one_line_and_ten(django_assert_max_num_queries):
    def queries(lines):
        order = placed_order(*((sellable_variant(price="1.00"), 1) for _ in range(lines)))
        with django_assert_max_num_queries(20) as seen:
            selectors.order_page(order.number)
        return len(seen)

    assert queries(1) == queries(10)


@pytest.mark.req("ORD-12")
@pytest.mark.parametrize("kind", ["number", "email", "phone", "name", "sku"])
def test_staff_find_an_order_by_what_they_know(kind):
    order = placed_order((sellable_variant(sku="LAMP-7"), 1))
    placed_order(email="b@example.com", full_name="Bala", phone="+911234567890")
    text = {
        "number": order.number.lower(),
        "email": "Asha@example.com",
        "phone": "+919876543210",
        "name": "asha rao",
        "sku": "lamp-7",
    }[kind]

    assert selectors.FINDERS[kind](text) == [order.pk]


@pytest.mark.req("ORD-12")
@pytest.mark.parametrize(
    "text", ["98765 43210", "09876543210", "919876543210", "+91 98765-43210", "9876543210"]
)
@pytest.mark.parametrize("given", ["+919876543210", "98765 43210", "+91 9876543210"])
def test_a_phone_number_is_found_however_it_is_written(text, given):
    order = placed_order(phone=given)
    placed_order(email="b@example.com", phone="+919876543211")

    assert selectors.FINDERS["phone"](text) == [order.pk]


@pytest.mark.req("ORD-12")
@pytest.mark.parametrize("text", ["asha", "ASHA R", "Asha Rao"])
def test_a_name_is_found_from_its_beginning_in_any_case(text):
    order = placed_order(full_name="Asha Rao")
    placed_order(email="b@example.com", full_name="Bala Asha")

    assert selectors.FINDERS["name"](text) == [order.pk]
    assert selectors.FINDERS["name"]("100%") == []


def test_the_currencies_in_use_are_named_once_each():
    assert selectors.currencies_in_use() == []
    placed_order()
    for number, code in enumerate(("GBP", "USD", "GBP")):
        order = placed_order(key=f"k{number}")
        Order.objects.filter(pk=order.pk).update(currency=code)

    assert selectors.currencies_in_use() == ["GBP", "INR", "USD"]


@pytest.mark.req("SEC-01")
def test_customers_see_no_order_of_the_back_office_but_their_own_page():
    me, you = registered_customer(), registered_customer("you@example.com")
    order = placed_order(customer=me)

    assert not policies.orders_visible_to(me.user).exists()
    assert policies.can_see_order(user=me.user, order=order)
    assert not policies.can_see_order(user=you.user, order=order)


def staff(email, role):
    user = User.objects.create_user(email, "correct horse battery")
    access.give_role(user=user, role=role, actor=SYSTEM_ACTOR, now=NOW)
    return User.objects.get(pk=user.pk)


@pytest.mark.req("SEC-01")
def test_a_seller_sees_only_lines_of_their_own_products_and_the_orders_that_hold_them():
    access.sync_roles()
    seller, manager = staff("seller@example.com", "Seller"), staff("boss@example.com", "Manager")
    mine, other = sellable_variant(product__owner=seller), sellable_variant()
    mixed, foreign = placed_order((mine, 1), (other, 2)), placed_order((other, 1))

    assert [order.pk for order in policies.orders_visible_to(seller)] == [mixed.pk]
    assert [line.variant_id for line in policies.lines_visible_to(seller)] == [mine.pk]
    assert {order.pk for order in policies.orders_visible_to(manager)} == {mixed.pk, foreign.pk}
    assert policies.lines_visible_to(manager).count() == 3
