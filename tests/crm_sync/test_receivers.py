"""Marks: written with the change, gone with the change."""

import pytest
from django.core.management import call_command
from django.db import transaction

from crm_sync.exceptions import MarkedOutsideTransaction
from crm_sync.models import ChangeMark, SyncJob
from crm_sync.receivers import applying_remote_change
from shop.core.events import RowsWritten, publish
from shop.directory.customers.models import Customer, Lead
from shop.goods.catalog.models import Product
from shop.sales.orders.models import Order
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.orders import placed_order
from tests.factories.pricing import sellable_variant


class RolledBack(Exception):
    """What went wrong after the row was written."""


@transaction.atomic
def rolled_back(row) -> None:
    """Write a row, then fail."""
    row.save()
    raise RolledBack


def forget() -> None:
    """As if everything so far had been committed and folded."""
    ChangeMark.objects.all().delete()
    transaction.get_connection().run_on_commit.clear()


def marks() -> list[tuple[str, str, str]]:
    return sorted(ChangeMark.objects.values_list("mapping", "key", "operation"))


@pytest.mark.req("CRM-09")
@pytest.mark.django_db(transaction=True)
def test_a_change_outside_a_transaction_is_an_error():
    with pytest.raises(MarkedOutsideTransaction):
        Customer.objects.create(email="asha@example.com")


@pytest.mark.req("CRM-09")
@pytest.mark.django_db(transaction=True)
def test_rolled_back_work_leaves_no_mark():
    with pytest.raises(RolledBack):
        rolled_back(Customer(email="asha@example.com"))

    assert marks() == []


@pytest.mark.req("CRM-09")
@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_after_a_rolled_back_part_keeps_its_mark():
    with transaction.atomic():
        customer = Customer(email="asha@example.com")
        with pytest.raises(RolledBack):
            rolled_back(customer)
        customer.pk = None
        customer.save()

    assert marks_or_jobs() == {("customer", customer.key)}


@pytest.mark.req("CRM-09")
@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_does_not_silence_the_next_one():
    customer = Customer(email="asha@example.com")
    with pytest.raises(RolledBack):
        rolled_back(customer)

    with transaction.atomic():
        customer.pk = None
        customer.save()

    assert marks_or_jobs() == {("customer", customer.key)}


def marks_or_jobs() -> set[tuple[str, str]]:
    """What is on its way: jobs run inline after commit, so marks may be folded already."""
    found = set(ChangeMark.objects.values_list("mapping", "key"))
    return found | set(SyncJob.objects.values_list("mapping", "key"))


@pytest.mark.django_db
def test_ten_saves_in_one_transaction_are_one_mark():
    customer = Customer.objects.create(email="asha@example.com")
    for _ in range(10):
        customer.save()

    assert marks() == [("customer", customer.key, "save")]


@pytest.mark.django_db
def test_a_child_marks_its_owner():
    variant = VariantFactory()
    forget()

    with transaction.atomic():
        variant.title = "Large"
        variant.save()

    assert marks() == [("product", variant.product.key, "save")]


@pytest.mark.django_db
def test_a_proxy_marks_like_its_model():
    with transaction.atomic():
        lead = Lead(email="lead@example.com")
        lead.save()

    assert marks() == [("customer", lead.key, "save")]


@pytest.mark.django_db
def test_deleting_a_product_marks_it_deleted():
    product = ProductFactory()
    key = product.key
    forget()

    with transaction.atomic():
        product.delete()

    assert marks() == [("product", key, "delete")]


@pytest.mark.django_db
def test_placing_an_order_marks_order_cart_payment_and_customer_once_each():
    order = placed_order()
    found = marks()

    for marked in (
        ("order", order.key, "save"),
        ("cart", order.cart_key, "save"),
        ("payment", order.payments.get().key, "save"),
        ("customer", order.customer.key, "save"),
    ):
        assert found.count(marked) == 1


@pytest.mark.django_db
def test_imported_history_is_not_marked():
    order = placed_order()
    forget()
    order.is_history = True

    with transaction.atomic():
        order.save()

    assert marks() == []


@pytest.mark.django_db
def test_history_that_was_asked_for_goes_into_the_low_lane():
    order = placed_order()
    Order.objects.update(is_history=True)
    forget()

    publish(RowsWritten(model_label="orders.Order", pks=(order.pk,), operation="create"))

    assert set(ChangeMark.objects.values_list("mapping", "lane")) == {
        ("order", "low"),
        ("cart", "low"),
    }


@pytest.mark.req("CRM-09")
@pytest.mark.django_db
def test_rows_written_in_bulk_are_marked():
    first, second = ProductFactory(), ProductFactory()
    forget()

    Product.objects.filter(pk__in=[first.pk, second.pk]).update(brand="New")
    publish(
        RowsWritten(model_label="catalog.Product", pks=(first.pk, second.pk), operation="update")
    )

    assert marks() == sorted([("product", first.key, "save"), ("product", second.key, "save")])


@pytest.mark.django_db
def test_changes_that_came_from_salesforce_are_not_sent_back():
    with applying_remote_change():
        Customer.objects.create(email="asha@example.com")

    assert marks() == []


@pytest.mark.django_db
def test_fixtures_are_not_marked(tmp_path):
    Customer.objects.create(email="asha@example.com")
    path = tmp_path / "customers.json"
    call_command("dumpdata", "customers.customer", output=str(path))
    forget()

    call_command("loaddata", str(path), verbosity=0)

    assert marks() == []


@pytest.mark.django_db
def test_marking_costs_one_query_per_saved_row(django_assert_num_queries):
    variant = sellable_variant()
    forget()
    variant.product.key  # noqa: B018 - loaded beforehand, as services have it

    with django_assert_num_queries(2):
        variant.save(update_fields=["title"])

    assert marks() == [("product", variant.product.key, "save")]
