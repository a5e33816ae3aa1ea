"""Lists ask the database as often for ten rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop.directory.customers.models import Customer
from tests.factories.orders import placed_order, registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


def make_customer(number):
    Customer.objects.create(email=f"guest{number}@example.com", full_name=f"Guest {number}")


def make_variant(number):
    sellable_variant(sku=f"S-{number}")


def make_payment(number):
    customer = Customer.objects.filter(email="asha@example.com").first() or registered_customer()
    placed_order(customer=customer, payment_method="card", key=str(number))


MAKERS = {
    "catalog_product": make_variant,
    "inventory_stockitem": make_variant,
    "inventory_stockmovement": make_payment,
    "price_lists_price": make_variant,
    "customers_customer": make_customer,
    "customers_lead": make_customer,
    "payments_payment": make_payment,
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_list_asks_as_often_for_ten_rows_as_for_one(at_desk, client, name):
    at_desk("Manager")
    address = reverse(f"admin:{name}_changelist")
    make = MAKERS[name]
    make(0)
    client.get(address)

    def questions():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address)
        assert page.status_code == 200
        return len(asked), len(page.context["cl"].result_list)

    one, rows = questions()
    for number in range(1, 10):
        make(number)
    ten, more_rows = questions()

    assert more_rows >= rows + 9 or name == "inventory_stockmovement"
    assert ten == one
