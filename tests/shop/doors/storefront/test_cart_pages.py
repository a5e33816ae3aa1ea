"""The cart over HTTP, as a browser without scripts and as htmx uses it."""

import json
import re

import pytest
from django.core import signing

from shop.doors.storefront import carts
from shop.sales.cart.models import Cart, CartLine
from tests.factories.orders import registered_customer
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def add(client, sku, quantity="1", **headers):
    return client.post("/cart/add/", {"sku": sku, "quantity": quantity}, headers=headers)


@pytest.mark.req("CART-01")
def test_a_plain_form_adds_changes_and_removes_with_exact_totals(client):
    variant = sellable_variant(price="249.90", stock=10, sku="RUN-1")

    assert add(client, "RUN-1", "2").status_code == 302
    line = CartLine.objects.get()
    page = client.get("/cart/").content.decode()
    assert 'data-amount="499.80"' in page
    client.post(f"/cart/lines/{line.key}/update/", {"quantity": "3"})
    assert 'data-amount="749.70"' in client.get("/cart/").content.decode()
    client.post(f"/cart/lines/{line.key}/remove/", {"sku": "RUN-1", "quantity": "3"})

    assert not CartLine.objects.exists()
    assert "Your cart is empty" in client.get("/cart/").content.decode()
    assert variant.sku == "RUN-1"


@pytest.mark.req("CART-01")
def test_the_cart_says_when_the_goods_would_arrive_and_what_that_costs(client):
    ShippingMethodFactory()
    sellable_variant(sku="A-1")
    add(client, "A-1")

    page = client.get("/cart/").content.decode()

    assert re.search(r"Standard delivery: .*Arrives \w{3} \d+ \w{3} – \w{3} \d+ \w{3}", page)


@pytest.mark.req("CART-02")
def test_a_wrong_quantity_without_scripts_leads_back_to_the_product(client):
    variant = sellable_variant(sku="A-1")
    page = f"/p/{variant.product.slug}/?v=A-1"

    shown = client.get(page).content.decode()
    answer = client.post("/cart/add/", {"sku": "A-1", "quantity": "-1", "next": page}, follow=True)

    assert f'name="next" value="{page}"' in shown
    assert answer.redirect_chain == [(page, 302)]
    assert "Quantity cannot be negative." in answer.content.decode()


@pytest.mark.req("CART-01")
def test_htmx_gets_the_drawer_and_the_new_count(client):
    sellable_variant(sku="A-1")

    answer = add(client, "A-1", "2", **HTMX)

    assert answer.status_code == 200
    assert "Added to your cart" in answer.content.decode()
    assert json.loads(answer["HX-Trigger"]) == {"cart:changed": {"count": 2}}


@pytest.mark.req("CART-02")
@pytest.mark.parametrize("typed", ["-1", "0", "1.5", "1e3", "", "abc", "9" * 400, "٣"])
def test_a_wrong_quantity_is_named_and_changes_nothing(client, typed):
    sellable_variant(sku="A-1")

    answer = add(client, "A-1", typed, **HTMX)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Cart.objects.exists()


@pytest.mark.req("CART-03")
def test_one_hundred_units_pass_and_one_more_is_refused(client):
    sellable_variant(sku="A-1", stock=500)

    assert add(client, "A-1", "100", **HTMX).status_code == 200
    answer = add(client, "A-1", "1", **HTMX)

    assert answer.status_code == 422
    assert "Stock limit exceeded!" in answer.content.decode()
    assert CartLine.objects.get().quantity == 100


def test_an_unknown_article_is_refused_without_leaving_a_cart(client):
    answer = add(client, "no-such", "1", **HTMX)

    assert answer.status_code == 422
    assert not Cart.objects.exists()
    assert carts.COOKIE not in answer.cookies


def test_looking_at_the_cart_creates_neither_cart_nor_session(client):
    answer = client.get("/cart/")

    assert answer.status_code == 200
    assert not Cart.objects.exists()
    assert "sessionid" not in answer.cookies


def test_a_forged_cookie_opens_no_cart(client):
    sellable_variant(sku="A-1")
    add(client, "A-1")
    victim = Cart.objects.get()
    stranger = type(client)()
    stranger.cookies[carts.COOKIE] = signing.get_cookie_signer(salt="wrong").sign(victim.key)

    assert "Your cart is empty" in stranger.get("/cart/").content.decode()


def test_a_line_of_another_cart_cannot_be_changed(client):
    sellable_variant(sku="A-1", stock=50)
    add(client, "A-1")
    line = CartLine.objects.get()
    other = type(client)()
    add(other, "A-1")

    answer = other.post(f"/cart/lines/{line.key}/update/", {"quantity": "9"})

    assert answer.status_code == 422
    line.refresh_from_db()
    assert line.quantity == 1


@pytest.mark.req("CART-12")
def test_a_raised_price_is_shown_beside_the_old_one_until_it_is_accepted(client):
    variant = sellable_variant(price="100.00", sku="A-1")
    add(client, "A-1")
    variant.prices.update(amount="120.00")

    before = client.get("/cart/").content.decode()
    client.post("/cart/prices/")
    after = client.get("/cart/").content.decode()

    assert 'data-amount="120.00"' in before
    assert 'data-amount="100.00"' in before
    assert "Something changed" in before
    assert 'data-amount="100.00"' not in after


@pytest.mark.req("CART-05")
def test_signing_in_brings_the_guest_cart_along(client):
    customer = registered_customer()
    user = customer.user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    sellable_variant(sku="A-1", stock=50)
    add(client, "A-1", "2")

    client.post(
        "/account/login/", {"login": user.email, "password": "correct horse battery"}, follow=True
    )

    assert Cart.objects.get(customer=customer).lines.get().quantity == 2
    assert client.cookies[carts.COOKIE].value == ""


@pytest.mark.parametrize("lines", [1, 10])
def test_the_cart_page_asks_the_same_number_of_questions(
    client, django_assert_max_num_queries, lines
):
    for number in range(lines):
        sellable_variant(sku=f"A-{number}")
        add(client, f"A-{number}")

    client.get("/cart/")  # what is the same for every visitor is remembered from here on
    with django_assert_max_num_queries(10):
        assert client.get("/cart/").status_code == 200
