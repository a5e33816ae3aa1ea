"""One order, from click to Salesforce, with every job running by itself after its commit."""

import re

import pytest
from django.core.management import call_command
from django.db import transaction

from crm_sync.models import Connection
from shop.directory.access.services import sync_roles
from shop.directory.customers.models import User
from shop.sales.orders.models import Order
from tests.checkout_form import GUEST_FORM
from tests.factories.crm_sync import order_differences, unfinished
from tests.factories.customers import enrol
from tests.factories.payments import started_payment, tell
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db(transaction=True)


def hidden(page, name):
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    return re.search(r'value="([^"]*)"', field.group()).group(1)


def buy(client, payment_method) -> Order:
    client.post("/cart/add/", {"sku": "SHOE-9", "quantity": "2"})
    client.post("/checkout/start/")
    page = client.get("/checkout/")
    tokens = {name: hidden(page, name) for name in ("token", "expected_total")}
    client.post("/checkout/", GUEST_FORM | tokens | {"payment_method": payment_method})
    return Order.objects.latest("pk")


@pytest.fixture
def store():
    with transaction.atomic():
        ShippingMethodFactory()
        return sellable_variant(price="1180.00", stock=5, sku="SHOE-9")


@pytest.mark.req("CRM-09", "CRM-14", "RULE-03", "RULE-04", "RULE-13")
def test_each_click_shows_in_salesforce(client, connected, org, store):
    # A cart above the threshold is a deal before anything is bought.
    client.post("/cart/add/", {"sku": "SHOE-9", "quantity": "2"})
    (deal,) = org.query("SELECT Id, IsClosed, Amount FROM Opportunity")
    assert (deal["IsClosed"], deal["Amount"]) == (False, 2124.0)

    # Placed: the deal is won, the order is a draft on the month's guest account.
    client.post("/checkout/start/")
    page = client.get("/checkout/")
    tokens = {name: hidden(page, name) for name in ("token", "expected_total")}
    client.post("/checkout/", GUEST_FORM | tokens | {"payment_method": "card"})
    order = Order.objects.get()
    assert org.query("SELECT Id, StageName FROM Opportunity") == [
        {"Id": deal["Id"], "StageName": "Closed Won"}
    ]
    assert org.query("SELECT PoNumber, Status, Shop_Lead__r.Email FROM Order") == [
        {
            "PoNumber": order.number,
            "Status": "Draft",
            "Shop_Lead__r": {"Email": "asha@example.com"},
        }
    ]

    # Paid: the payment is there and the order is activated.
    tell(started_payment(order))
    assert org.query("SELECT Status FROM Order") == [{"Status": "Activated"}]
    assert org.query("SELECT Status__c FROM Payment__c") == [{"Status__c": "Captured"}]
    assert order_differences(org) == []
    assert unfinished() == []


@pytest.mark.req("CRM-35")
def test_the_admin_tells_what_salesforce_knows_of_the_order(client, connected, org, store):
    order = buy(client, "cod")
    sync_roles()
    client.force_login(enrol(User.objects.create_superuser("root@example.com", "a fine phrase 7")))

    page = client.get(f"/admin/crm_sync/syncjob/explain/order/{order.key}/").content.decode()

    (found,) = org.query("SELECT Id FROM Order")
    assert found["Id"] in page
    assert "In step" in page


@pytest.mark.req("CRM-09")
def test_with_salesforce_down_the_shop_sells_and_catches_up(client, connected, org, store):
    org.faults({"kind": "unavailable", "rate": 1.0})
    order = buy(client, "cod")
    assert order.status == "ACTIVATED"

    org.clear_faults()
    Connection.objects.update(resume_at=None)
    call_command("crm_sync", "--wait")

    assert order_differences(org) == []
    assert unfinished() == []
