"""Checkout over HTTP: guest first, one page, nothing lost, nothing doubled."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.directory.customers.models import Customer, User
from shop.sales.cart import services as cart_services
from shop.sales.cart.models import Cart, CartLine
from shop.sales.checkout.models import Checkout
from shop.sales.orders.models import Order
from tests.checkout_form import GUEST_FORM
from tests.factories.geography import load_places
from tests.factories.orders import registered_customer
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db
GUEST = {**GUEST_FORM, "email": "Asha@Example.com", "payment_method": "cod"}


@pytest.fixture
def store():
    ShippingMethodFactory()
    return sellable_variant(price="600.00", stock=10, sku="A-1")


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def begin(client, quantity="1"):
    client.post("/cart/add/", {"sku": "A-1", "quantity": quantity})
    client.post("/checkout/start/")
    page = client.get("/checkout/").content.decode()
    return {"token": hidden(page, "token"), "expected_total": hidden(page, "expected_total")}


@pytest.mark.req("SHOP-01", "CART-06", "CART-07")
def test_a_guest_buys_without_scripts_and_without_an_account(client, store):
    answer = client.post("/checkout/", GUEST | begin(client))

    order = Order.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/orders/{order.number}/thanks/"
    thanks = client.get(answer["Location"]).content.decode()
    assert f'data-order-number="{order.number}"' in thanks
    assert order.status == "ACTIVATED"
    assert order.email == "asha@example.com"
    assert order.customer.is_guest
    assert order.addresses.get(kind="SHIPPING").line1 == "12 Hill Road"


@pytest.mark.req("CART-06")
def test_another_shipping_address_is_asked_for_and_kept(client, store):
    form = GUEST | begin(client)
    del form["same_address"]

    refused = client.post("/checkout/", form)
    form = form | {
        "token": hidden(refused.content.decode(), "token"),
        "shipping-line1": "4 Church Street",
        "shipping-postal_code": "560001",
        "shipping-city": "Bengaluru",
        "shipping-state": "KA",
    }
    accepted = client.post("/checkout/", form)

    assert refused.status_code == 422
    assert "id_shipping-line1" in refused.content.decode()
    assert accepted.status_code == 302
    order = Order.objects.get()
    assert order.addresses.get(kind="SHIPPING").city == "Bengaluru"
    assert order.addresses.get(kind="BILLING").city == "Madanapalle"
    assert order.place_of_supply == "KA"


@pytest.mark.req("CART-06")
def test_every_invalid_field_is_named_and_nothing_is_lost(client, store):
    form = GUEST | begin(client)
    form |= {"email": "nonsense", "full_name": "", "billing-postal_code": "51732"}
    del form["payment_method"]

    answer = client.post("/checkout/", form)
    page = answer.content.decode()

    assert answer.status_code == 422
    for label in ("Email", "Full name", "Payment method"):
        assert f">{label}</a>" in page
    assert 'value="nonsense"' in page
    assert 'value="12 Hill Road"' in page
    assert not Order.objects.exists()


@pytest.mark.req("CART-06")
def test_a_wrong_phone_is_said_at_the_phone_and_nowhere_else(client, store):
    form = GUEST | begin(client) | {"phone": "12"}

    page = client.post("/checkout/", form).content.decode()

    message = "Enter a phone number with all its digits."
    assert f'<a href="#id_phone">Phone</a>: {message}' in page
    assert page.count(message) == 2  # summed up on top, and at the field
    assert not Order.objects.exists()


@pytest.mark.req("CART-06")
def test_mistakes_of_the_shipping_address_are_told_from_those_of_billing(client, store):
    form = GUEST | begin(client) | {"billing-city": ""}

    same = client.post("/checkout/", form).content.decode()
    del form["same_address"]
    other = client.post("/checkout/", form).content.decode()

    assert same.count("<span>Enter the city.</span>") == 1  # not in what is hidden
    assert '<a href="#id_billing-city">City</a>' in other
    assert '<a href="#id_shipping-city">Shipping: City</a>' in other


def test_who_was_signed_out_meanwhile_is_led_to_the_sign_in_and_back(client, store):
    client.force_login(registered_customer().user)
    form = GUEST | begin(client)
    stranger = Client()

    refused = stranger.post("/checkout/", form | {"email": ""}).content.decode()
    answer = stranger.post("/checkout/", form)
    sign_in = stranger.get(answer["Location"]).content.decode()

    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/checkout/"
    assert "Your cart is kept: sign in to go on." in sign_in
    assert store.product.name not in refused  # the cart of a customer is shown to nobody else
    assert not Order.objects.exists()
    assert CartLine.objects.count() == 1


def test_a_page_of_a_cart_that_was_merged_meanwhile_leads_to_the_cart(client, store):
    customer = registered_customer()
    client.force_login(customer.user)
    client.post("/cart/add/", {"sku": "A-1", "quantity": "1"})
    guest = Client()
    form = GUEST | begin(guest)
    guest.force_login(customer.user)
    guest.get("/")
    cart_services.merge(
        source_cart_id=Cart.objects.get(customer=None).pk,
        customer_id=customer.pk,
        actor=SYSTEM_ACTOR,
        now=timezone.now(),
    )

    answer = guest.post("/checkout/", form, follow=True)

    assert answer.redirect_chain[-1][0] == "/cart/"
    assert "Your cart has changed." in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize("wrong", [{}, {"email": ""}])
def test_a_cart_that_was_emptied_in_another_window_leads_back_to_the_cart(client, store, wrong):
    form = GUEST | begin(client) | wrong
    client.post(f"/cart/lines/{CartLine.objects.get().key}/remove/")

    answer = client.post("/checkout/", form, follow=True)

    assert answer.redirect_chain == [("/cart/", 302)]
    assert "Your cart has changed." in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.req("CART-10")
def test_the_same_submission_twice_places_one_order(client, store):
    form = GUEST | begin(client)

    first = client.post("/checkout/", form)
    second = client.post("/checkout/", form)

    assert Order.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.req("CART-10")
def test_the_same_token_with_other_content_places_nothing_more(client, store):
    form = GUEST | begin(client)
    client.post("/checkout/", form)

    answer = client.post("/checkout/", form | {"full_name": "Somebody Else"})

    assert answer.status_code == 409
    assert "already placed with other details" in answer.content.decode()
    assert Order.objects.get().full_name == "Asha Rao"


@pytest.mark.req("CART-12")
def test_a_price_raised_meanwhile_is_shown_instead_of_charged(client, store):
    form = GUEST | begin(client)
    store.prices.update(amount="650.00")

    answer = client.post("/checkout/", form)

    assert answer.status_code == 409
    assert not Order.objects.exists()
    assert "changed" in answer.content.decode()
    assert hidden(answer.content.decode(), "expected_total") != form["expected_total"]


@pytest.mark.parametrize(
    "forged",
    [
        {"expected_total": "1.00"},
        {"expected_total": "-5"},
        {"expected_total": "NaN"},
        {"shipping_code": "teleport"},
        {"payment_method": "favour"},
        {"billing-state": "XX"},
        {"full_name": "A\0B"},
        {"email": "x" * 10_000 + "@example.com"},
    ],
)
def test_forged_values_place_nothing_and_never_break(client, store, forged):
    answer = client.post("/checkout/", GUEST | begin(client) | forged)

    assert answer.status_code in {400, 409, 422}
    assert not Order.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "x" * 100_000])
def test_a_forged_token_leads_back_to_the_page(client, store, token):
    answer = client.post("/checkout/", GUEST | begin(client) | {"token": token})

    assert answer.status_code == 302
    assert answer["Location"] == "/checkout/"
    assert not Order.objects.exists()


@pytest.mark.req("CART-11")
def test_only_the_checkout_button_holds_stock(client, store):
    client.post("/cart/add/", {"sku": "A-1", "quantity": "2"})

    client.get("/checkout/")
    assert not Checkout.objects.exists()
    client.post("/checkout/start/")

    assert store.stock_items.get().reserved == 2


def test_goods_that_sold_out_meanwhile_send_the_buyer_back_to_the_cart(client, store):
    client.post("/cart/add/", {"sku": "A-1", "quantity": "2"})
    store.stock_items.update(on_hand=1)

    answer = client.post("/checkout/start/", follow=True)

    assert answer.redirect_chain[-1][0] == "/cart/"
    assert "Only 1 left" in answer.content.decode()


def test_checkout_without_a_cart_leads_to_the_cart(client):
    assert client.get("/checkout/")["Location"] == "/cart/"
    assert client.post("/checkout/start/")["Location"] == "/cart/"


@pytest.mark.req("CART-06")
def test_another_way_of_delivery_changes_every_total_on_the_page(client, store):
    ShippingMethodFactory(code="express", name="Express", fee="149.00", free_from=None)
    tokens = begin(client)

    page = client.get("/checkout/").content.decode()
    part = client.post(
        "/checkout/totals/", GUEST | tokens | {"shipping_code": "express"}
    ).content.decode()

    assert 'id="checkout-total"' in page
    assert "hx-swap-oob" not in page
    assert 'id="checkout-total" hx-swap-oob="true"' in part
    assert part.count('data-amount="749.00"') == 2


@pytest.mark.req("ACC-12")
def test_a_pin_code_proposes_city_and_state(client):
    load_places()

    page = client.get("/checkout/place/?billing-postal_code=517325").content.decode()

    assert '<option value="AP" selected>' in page


@pytest.mark.req("CART-18")
def test_checkout_asks_the_same_number_of_questions_for_one_and_for_many(client, store):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/checkout/").status_code == 200
        return len(asked)

    client.post("/cart/add/", {"sku": "A-1", "quantity": "1"})
    client.get("/")  # what is the same for every visitor is remembered from here on
    one = questions()
    for number in range(99):
        sellable_variant(sku=f"B-{number}")
        client.post("/cart/add/", {"sku": f"B-{number}", "quantity": "1"})

    assert CartLine.objects.count() == 100
    client.get("/")  # on a slow machine the half minute of that memory is over by now
    assert questions() == one <= 12


@pytest.mark.req("CART-07")
def test_the_thank_you_page_makes_an_account_of_the_order(client, store, mailoutbox):
    client.post("/checkout/", GUEST | begin(client))
    order = Order.objects.get()

    answer = client.post(
        f"/orders/{order.number}/register/", {"password": "a fine long phrase 9"}, follow=True
    )

    assert answer.status_code == 200
    user = User.objects.get(email="asha@example.com")
    order.refresh_from_db()
    assert order.customer.user == user
    assert user.check_password("a fine long phrase 9")
    assert not user.emailaddress_set.get().verified


@pytest.mark.req("CART-07")
def test_a_weak_password_is_refused_and_makes_no_account(client, store):
    client.post("/checkout/", GUEST | begin(client))
    order = Order.objects.get()

    answer = client.post(f"/orders/{order.number}/register/", {"password": "12345678"})

    assert answer.status_code == 422
    assert not User.objects.exists()


@pytest.mark.req("ACC-01")
def test_registering_a_known_address_from_an_order_reveals_nothing(client, store):
    known = User.objects.create_user("asha@example.com", "correct horse battery")
    Customer.objects.create(user=known, email=known.email, full_name="First Asha")
    client.post("/checkout/", GUEST | begin(client))
    order = Order.objects.get()

    answer = client.post(f"/orders/{order.number}/register/", {"password": "a fine long phrase 9"})

    known.refresh_from_db()
    assert answer.status_code == 302
    assert known.check_password("correct horse battery")
    assert User.objects.count() == 1
    order.refresh_from_db()
    assert order.customer.is_guest


@pytest.mark.req("SEC-01")
def test_a_forged_note_of_placed_orders_opens_nothing(client, store):
    client.post("/checkout/", GUEST | begin(client))
    number = Order.objects.get().number
    stranger = Client()

    assert client.get(f"/orders/{number}/thanks/").status_code == 200
    assert stranger.get(f"/orders/{number}/thanks/").status_code == 404
    stranger.cookies["placed"] = f"{number}:forged"
    assert stranger.get(f"/orders/{number}/thanks/").status_code == 404


def test_a_guest_who_buys_needs_no_session(client, store):
    client.post("/checkout/", GUEST | begin(client))

    assert Order.objects.count() == 1
    assert Session.objects.count() == 0
    assert client.cookies["placed"]["httponly"]


@pytest.mark.req("CART-01")
def test_the_way_to_an_order_asks_few_questions(client, store):
    def questions(ask):
        with CaptureQueriesContext(connection) as asked:
            assert ask().status_code in {200, 302}
        return len(asked)

    client.get("/cart/")  # what is the same for every visitor is remembered from here on
    wish = {"sku": "A-1", "quantity": "1"}
    first = questions(lambda: client.post("/cart/add/", wish))
    again = questions(lambda: client.post("/cart/add/", wish))
    answer = client.post("/checkout/", GUEST | begin(client))
    thanks = questions(lambda: client.get(answer["Location"]))

    assert first <= 10
    assert again <= 14
    assert thanks <= 6
