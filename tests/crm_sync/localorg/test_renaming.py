"""Custom objects that get another name."""

import pytest

from tests.crm_sync.localorg.test_quick_actions import got
from tests.crm_sync.localorg.test_soap import code_of, send


def renamed(org, old, new, kind="CustomObject"):
    names = f"<oldFullName>{old}</oldFullName><newFullName>{new}</newFullName>"
    return send(org, "m", f"<renameMetadata><type>{kind}</type>{names}</renameMetadata>").text


def cart(org):
    return org.create("Cart__c", Shop_Id__c="cart-1")


@pytest.mark.req("ORG-05")
def test_records_stay_and_everything_that_names_the_object_follows(org):
    record = cart(org)
    prefix = got(org, "sobjects/Cart__c/describe")["keyPrefix"]
    fields = {each["name"] for each in got(org, "sobjects/Cart__c/describe")["fields"]}
    text = "SELECT Id FROM CustomField WHERE TableEnumOrId = "
    before = got(org, f"tooling/query?q={text}'Cart__c'")["records"]

    told = renamed(org, "Cart__c", "Basket__c")

    assert "<fullName>Cart__c</fullName><success>true</success>" in told
    described = got(org, "sobjects/Basket__c/describe")
    assert described["keyPrefix"] == prefix
    assert {each["name"] for each in described["fields"]} == fields
    assert got(org, "sobjects/Basket__c/Shop_Id__c/cart-1")["Id"] == record
    assert org.call("GET", "sobjects/Cart__c/describe").status_code == 404
    assert org.create("Basket__c", Shop_Id__c="cart-2")[:3] == prefix
    after = got(org, f"tooling/query?q={text}'Basket__c'")["records"]
    assert [each["Id"] for each in after] == [each["Id"] for each in before] != []


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Cart__c", "Account", "INVALID_FULL_NAME"),
        ("Cart__c", "Cart_Item__c", "DUPLICATE_DEVELOPER_NAME"),
        ("Nothing__c", "Basket__c", "INVALID_CROSS_REFERENCE_KEY"),
        ("Account", "Basket__c", "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_names_that_cannot_be_given_change_nothing(org, old, new, code):
    record = cart(org)

    told = renamed(org, old, new)

    assert f"<statusCode>{code}</statusCode>" in told
    assert got(org, "sobjects/Cart__c/Shop_Id__c/cart-1")["Id"] == record
    assert not code_of(send(org, "m", "<describeMetadata/>"))
