"""What people delete over there, and what only they know of: nothing stands twice or stays away."""

import pytest
from django.db import transaction

from crm_sync.engine import facts
from crm_sync.models import Link, SyncJob
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from tests.factories.crm_copy import copy_differences
from tests.factories.crm_sync import NOW, dead_letters, order_differences, paid_order, unfinished
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


def delete(org, sobject, where="") -> None:
    if "--integration-user" in org.options:
        pytest.skip("the shop's permission set deletes nothing")
    for row in org.query(f"SELECT Id FROM {sobject} {where}"):
        assert org.call("DELETE", f"sobjects/{sobject}/{row['Id']}").status_code == 204


@pytest.mark.req("CRM-26", "CRM-39")
def test_an_order_whose_account_was_deleted_brings_the_account_back(org, sync):
    customer = registered_customer()
    paid_order(customer=customer)
    sync()
    for sobject in ("Payment__c", "Order", "Opportunity", "Cart__c", "Contact"):
        if sobject != "Order":
            delete(org, sobject)
    draft = org.query("SELECT Id FROM Order")
    assert draft
    org.reset()  # the most thorough way to lose everything at once

    later = placed_order(customer=customer, key="second")
    sync(rounds=30)

    assert dead_letters() == []
    assert unfinished() == []
    rows = org.query(
        f"SELECT Account.Shop_Id__c, BillToContact.Shop_Id__c FROM Order "
        f"WHERE PoNumber = '{later.number}'"
    )
    assert rows == [
        {
            "Account": {"Shop_Id__c": f"main-acct-{customer.key}"},
            "BillToContact": {"Shop_Id__c": f"main-cust-{customer.key}"},
        }
    ]


@pytest.mark.req("CRM-08")
def test_a_draft_that_was_deleted_is_made_anew_with_everything_when_it_is_paid(org, sync):
    order = placed_order()
    sync()
    delete(org, "Order")

    tell(started_payment(order))
    sync(rounds=20)

    assert dead_letters() == []
    assert order_differences(org) == []


def test_a_lead_that_was_deleted_comes_back_with_its_record_type(org, sync):
    customer = registered_customer()
    sync()
    delete(org, "Lead")

    customer.phone = "+919800000000"
    customer.save()
    sync()

    assert org.query("SELECT Phone, LeadSource, RecordType.DeveloperName FROM Lead") == [
        {
            "Phone": "+919800000000",
            "LeadSource": "Web",
            "RecordType": {"DeveloperName": "Website_Lead"},
        }
    ]


@pytest.mark.req("CRM-08", "CRM-10")
@pytest.mark.parametrize("sobject", ["Account", "Contact"])
def test_a_conversion_whose_records_cannot_be_named_at_once_makes_no_second_ones(
    org, sync, sobject
):
    customer = registered_customer()
    sync()
    paid_order(customer=customer)
    org.faults({"kind": "lock_row", "object": sobject, "method": "PATCH", "nth": 1})

    sync(rounds=20)

    assert org.switch("GET", "faults")[0]["hits"] == 1
    org.clear_faults()
    assert unfinished() == []
    assert copy_differences(org) == []


@pytest.mark.req("CRM-08")
def test_a_product_of_theirs_that_cannot_be_named_at_once_is_not_made_twice(org, sync):
    theirs = org.create("Product2", Name="Old lamp", ProductCode="LAMP-1")
    sellable_variant(sku="LAMP-1")
    org.faults({"kind": "lock_row", "object": "Product2", "method": "PATCH", "nth": 1})

    sync(rounds=20)

    org.clear_faults()
    assert unfinished() == []
    assert [row["Id"] for row in org.query("SELECT Id FROM Product2")] == [theirs]


@pytest.mark.req("CRM-08")
def test_a_standard_price_that_was_there_before_becomes_ours(org, sync):
    theirs = org.create("Product2", Name="Old lamp", ProductCode="LAMP-1", IsActive=True)
    (book,) = org.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
    entry = org.create(
        "PricebookEntry", Product2Id=theirs, Pricebook2Id=book["Id"], UnitPrice=1, IsActive=True
    )
    variant = sellable_variant(sku="LAMP-1", price="99.00")

    sync()

    assert dead_letters() == []
    assert org.query(
        "SELECT Id, Shop_Id__c, UnitPrice FROM PricebookEntry WHERE Pricebook2.IsStandard = true"
    ) == [{"Id": entry, "Shop_Id__c": f"main-pbe-std-{variant.key}", "UnitPrice": 99.0}]


@pytest.mark.req("CRM-08", "CRM-11")
def test_an_account_that_bears_another_name_of_ours_is_not_taken_over(org, sync):
    taken = org.create("Account", Name="Rao & Sons", Shop_Id__c="main-acct-somebody")
    theirs = org.create("Contact", LastName="Rao", Email="asha@example.com", AccountId=taken)
    customer = registered_customer()
    customer.user.emailaddress_set.create(email=customer.email, verified=True, primary=True)

    sync()

    assert dead_letters() == []
    assert org.query("SELECT Id, Shop_Id__c FROM Contact") == [
        {"Id": theirs, "Shop_Id__c": f"main-cust-{customer.key}"}
    ]
    assert {row["Shop_Id__c"] for row in org.query("SELECT Shop_Id__c FROM Account")} == {
        "main-acct-somebody",
        f"main-acct-{customer.key}",
    }


@pytest.mark.req("CRM-38", "CRM-26")
def test_an_object_that_is_missing_stops_its_own_records_alone(
    org, sync, connected, monkeypatch, tmp_path
):
    order = paid_order()
    original = facts.Org.describe

    def describe(client, sobject):
        if sobject == "Cart__c":
            client.call("GET", "sobjects/Nonsense__c/describe")
        return original(client, sobject)

    monkeypatch.setattr(facts.Org, "describe", describe)
    sync()

    assert [row["PoNumber"] for row in org.query("SELECT PoNumber FROM Order")] == [order.number]


def test_what_the_org_does_not_offer_as_a_choice_is_left_out(org, sync, connected):
    registered_customer()
    sync(rounds=1)
    Link.objects.all().delete()
    delete(org, "Lead")
    connected.refresh_from_db()
    connected.facts["choices"]["Lead"]["LeadSource"] = ["Webseite"]
    connected.save()
    SyncJob.objects.update(state="PENDING", wanted_version=2)
    transaction.get_connection().run_on_commit.clear()
    sync(at=NOW)

    assert org.query("SELECT LeadSource FROM Lead") == [{"LeadSource": None}]


@pytest.mark.req("CRM-08", "CRM-26")
def test_a_lead_that_people_made_meanwhile_is_linked_and_not_doubled(org, sync):
    sellable_variant()
    sync()  # from now on nobody asks again whether the org has leads of its own
    theirs = org.create("Lead", LastName="Rao", Company="Rao", Email="asha@example.com")
    customer = registered_customer()
    org.faults({"kind": "duplicate_alert", "object": "Lead", "nth": 1})

    sync()

    org.clear_faults()
    assert org.query("SELECT Id, Shop_Id__c FROM Lead") == [
        {"Id": theirs, "Shop_Id__c": f"main-cust-{customer.key}"}
    ]


@pytest.mark.req("CRM-08", "CRM-26")
@pytest.mark.parametrize(("is_proven", "contacts"), [(True, 1), (False, 2)])
def test_a_contact_of_theirs_is_linked_by_a_proven_address_alone(org, sync, is_proven, contacts):
    options.set_value("crm.signup_creates", "contact", SYSTEM_ACTOR, NOW)
    org.create("Contact", LastName="Rao", Email="asha@example.com")
    customer = registered_customer()
    customer.user.emailaddress_set.create(email=customer.email, verified=is_proven, primary=True)
    org.faults({"kind": "duplicate_alert", "object": "Contact", "nth": 1})

    sync()

    org.clear_faults()
    assert unfinished() == []
    assert len(org.query("SELECT Id FROM Contact")) == contacts


@pytest.mark.req("CRM-26", "CRM-38")
def test_a_stage_that_the_org_does_not_have_is_named(org, sync, connected):
    sellable_variant()
    sync()
    connected.refresh_from_db()
    del connected.facts["stages"]["won"]
    connected.save()
    order = placed_order()

    sync()

    ((mapping, words),) = dead_letters()
    assert mapping == "cart"
    assert words.startswith("NO_STAGE: The org has no active opportunity stage that counts as won.")
    assert [row["PoNumber"] for row in org.query("SELECT PoNumber FROM Order")] == [order.number]
