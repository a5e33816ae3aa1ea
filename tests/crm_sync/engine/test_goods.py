"""Products and prices: the standard price first, few calls for many."""

import pytest

from crm_sync.models import SyncCall
from crm_sync.receivers import mark
from shop.pricing.price_lists.models import Price
from tests.factories.catalog import CategoryFactory
from tests.factories.crm_sync import dead_letters
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


def test_a_variant_goes_over_with_both_prices(org, sync):
    category = CategoryFactory(name="Lighting")
    variant = sellable_variant(price="2499.00", stock=7, sku="LAMP-1", title="Brass")
    variant.product.name = "Desk lamp"
    variant.product.primary_category = category
    variant.product.save()

    sync()

    assert dead_letters() == []
    assert org.query(
        "SELECT Name, ProductCode, StockKeepingUnit, IsActive, Shop_Category__c, Shop_Stock__c "
        "FROM Product2"
    ) == [
        {
            "Name": "Desk lamp – Brass",
            "ProductCode": "LAMP-1",
            "StockKeepingUnit": "LAMP-1",
            "IsActive": True,
            "Shop_Category__c": "Lighting",
            "Shop_Stock__c": 7,
        }
    ]
    entries = org.query(
        "SELECT Shop_Id__c, UnitPrice, IsActive, Pricebook2.IsStandard FROM PricebookEntry "
        "ORDER BY Shop_Id__c"
    )
    assert entries == [
        {
            "Shop_Id__c": f"main-pbe-{variant.key}",
            "UnitPrice": 2499.0,
            "IsActive": True,
            "Pricebook2": {"IsStandard": False},
        },
        {
            "Shop_Id__c": f"main-pbe-std-{variant.key}",
            "UnitPrice": 2499.0,
            "IsActive": True,
            "Pricebook2": {"IsStandard": True},
        },
    ]


def test_a_new_price_reaches_both_books(org, sync):
    variant = sellable_variant(price="100.00")
    sync()

    price = Price.objects.get(variant=variant)
    price.amount = 120
    price.save()
    sync()

    assert [row["UnitPrice"] for row in org.query("SELECT UnitPrice FROM PricebookEntry")] == [
        120.0,
        120.0,
    ]


def test_an_unpublished_product_is_inactive_over_there(org, sync):
    variant = sellable_variant()
    sync()

    variant.product.is_published = False
    variant.product.save()
    sync()

    assert org.query("SELECT IsActive FROM Product2") == [{"IsActive": False}]


@pytest.mark.req("CRM-08")
def test_a_product_that_was_there_before_is_found_by_sku(org, sync):
    theirs = org.create("Product2", Name="Old lamp", ProductCode="LAMP-1")
    variant = sellable_variant(sku="LAMP-1")

    sync()

    assert org.query("SELECT Id, Shop_Id__c FROM Product2") == [
        {"Id": theirs, "Shop_Id__c": f"main-prod-{variant.key}"}
    ]


def test_one_bad_record_does_not_stop_the_others(org, sync):
    bad, good = sellable_variant(), sellable_variant()
    bad.product.name = " "
    bad.product.save()

    sync()

    assert [mapping for mapping, _ in dead_letters()] == ["product"]
    assert "REQUIRED_FIELD_MISSING" in dead_letters()[0][1]
    assert [row["ProductCode"] for row in org.query("SELECT ProductCode FROM Product2")] == [
        good.sku
    ]


def test_calls_do_not_grow_with_the_number_of_records(org, sync):
    def calls_for(count):
        keys = [sellable_variant().product.key for _ in range(count)]
        mark([("product", key, "save") for key in keys])
        sync()
        before = SyncCall.objects.count()
        for key in keys:
            mark([("product", key, "save")])
        Price.objects.all().update(amount=count + 1)
        sync()
        return SyncCall.objects.count() - before

    assert calls_for(2) == calls_for(20)
