"""The export buttons: everybody takes along what they may see, and no more."""

import pytest
from django.urls import reverse

from tests.factories.orders import placed_order
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


def file_of(client, name):
    """The CSV that the export page gives when every column is left chosen."""
    address = reverse(f"admin:{name}_export")
    form = client.get(address).context["form"]
    chosen = {field: "on" for field in form.fields if form.initial.get(field) is True}
    answer = client.post(address, {"format": "0", "resource": "0", **chosen})
    assert answer["Content-Type"] == "text/csv"
    return answer.content.decode()


@pytest.fixture
def sold(at_desk):
    """An order of a product of the seller at the desk, and of one of somebody else."""
    seller = at_desk("Seller")
    mine = sellable_variant(sku="MINE-1")
    mine.product.owner = seller
    mine.product.save()
    return placed_order((mine, 1), (sellable_variant(sku="THEIRS-1"), 1), payment_method="cod")


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("name", ["catalog_product", "inventory_stockitem", "orders_order"])
def test_a_seller_takes_along_own_rows_only(sold, client, name):
    text = file_of(client, name)

    assert "MINE-1" in text
    assert "THEIRS-1" not in text


@pytest.mark.req("SEC-01")
def test_a_sellers_file_of_orders_does_not_say_who_bought(sold, client):
    text = file_of(client, "orders_order")

    assert sold.number in text
    assert sold.email not in text
    assert sold.full_name not in text


def test_a_managers_file_of_orders_has_every_line_and_the_buyer(sold, at_desk, client):
    at_desk("Manager")

    text = file_of(client, "orders_order")

    assert "MINE-1" in text
    assert "THEIRS-1" in text
    assert sold.email in text


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    ("role", "name"), [("Seller", "customers_customer"), ("Warehouse", "payments_payment")]
)
def test_who_may_not_see_a_list_may_not_take_it_along(at_desk, client, role, name):
    at_desk(role)

    assert client.get(reverse(f"admin:{name}_export")).status_code == 403
