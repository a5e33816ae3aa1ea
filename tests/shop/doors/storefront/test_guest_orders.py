"""What was ordered as a guest is offered to the owner of the address, once it is confirmed."""

import re

import pytest
from django.utils import timezone

from shop.core.models import AuditEntry
from shop.directory.customers.models import Customer
from shop.engagement.notifications.models import Message
from shop.sales.orders.models import Order
from tests.factories.orders import placed_order, registered_customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("ACC-14")]
SIGN_UP = {
    "full_name": "Asha Rao",
    "email": "Asha@Example.com",
    "password1": "a fine long phrase 9",
}


@pytest.fixture
def order():
    return placed_order(payment_method="cod", now=timezone.now())


def sign_up(client):
    """Sign up, and answer the address of the link in the mail."""
    client.post("/account/signup/", SIGN_UP)
    text = Message.objects.filter(recipient="asha@example.com").latest("pk").text
    return re.search(r"/account/confirm-email/[^/\s]+/", text)[0]


def account():
    return Customer.objects.get(user__email="asha@example.com")


def test_signing_up_with_a_guests_address_gives_nothing_before_it_is_confirmed(client, order):
    sign_up(client)

    order.refresh_from_db()
    assert order.customer.is_guest
    assert not account().orders.exists()
    assert client.get("/account/").status_code == 302


def test_the_link_of_the_mail_tells_of_the_orders_and_confirming_takes_them_over(client, order):
    link = sign_up(client)

    page = client.get(link).content.decode()
    client.post(link)

    assert "You placed 1 order as a guest" in page
    order.refresh_from_db()
    customer = account()
    assert order.customer == customer
    assert (customer.order_count, customer.lifetime_value) == (1, order.grand_total)
    assert AuditEntry.objects.filter(action="customer.merged", subject_key=customer.key).exists()


def test_whoever_keeps_them_apart_is_offered_them_again_in_the_account(client, order):
    link = sign_up(client)
    client.post(link, {"keep_guest_orders_apart": "on"})
    assert Order.objects.get().customer.is_guest

    client.force_login(account().user)
    offer = client.get("/account/").content.decode()
    answer = client.post("/account/guest-orders/", follow=True)

    assert "There is 1 order that you placed as a guest" in offer
    assert order.number in answer.content.decode()
    assert Order.objects.get().customer == account()
    assert "placed as a guest" not in client.get("/account/").content.decode()
    again = client.post("/account/guest-orders/", follow=True).content.decode()
    assert "There are no guest orders to add." in again


def test_an_account_with_an_unconfirmed_address_neither_sees_nor_gets_them(client, order):
    client.force_login(registered_customer().user)

    page = client.get("/account/").content.decode()
    client.post("/account/guest-orders/")

    assert "placed as a guest" not in page
    assert Order.objects.get().customer.is_guest


def test_an_old_or_forged_link_says_so_and_claims_nothing(client, order):
    answer = client.get("/account/confirm-email/forged:key/")

    assert "This link is not valid any more" in answer.content.decode()
    assert client.post("/account/confirm-email/forged:key/").status_code in {302, 404}
    assert Order.objects.get().customer.is_guest
