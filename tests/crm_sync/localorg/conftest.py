"""Records that many tests of the org start from."""

from pathlib import Path

import pytest

from tests.crm_sync.localorg.desk import Desk

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The org has a database of its own: its tests run once, not for every database of the shop."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.contract)


@pytest.fixture
def desk(tmp_path):
    """An empty org in this process."""
    found = Desk(tmp_path / "org")
    yield found
    found.org.close()


@pytest.fixture
def shop(org):
    """An org with an account, a priced product and the shop's price book."""
    return Shop(org)


class Shop:
    """The records that an order needs."""

    def __init__(self, org):
        self.org = org
        self.account = self.create("Account", Name="Acme", Shop_Id__c="main-acct-1")
        self.product = self.create("Product2", Name="Lamp", ProductCode="L1", IsActive=True)
        self.standard = org.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        self.book = self.create("Pricebook2", Name="Shop", IsActive=True)
        self.price(self.standard, 12)
        self.entry = self.price(self.book, 10.5)

    def create(self, name, **values):
        answer = self.org.call("POST", f"sobjects/{name}", json=values)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def price(self, book, amount, product=None):
        return self.create(
            "PricebookEntry",
            Pricebook2Id=book,
            Product2Id=product or self.product,
            UnitPrice=amount,
            IsActive=True,
        )

    def order(self, **values):
        facts = {
            "AccountId": self.account,
            "EffectiveDate": "2026-11-21",
            "Status": "Draft",
            "Pricebook2Id": self.book,
        }
        return self.create("Order", **{**facts, **values})

    def item(self, order, quantity=2, price=10.5, **values):
        facts = {"PricebookEntryId": self.entry, "OrderId": order}
        return self.create("OrderItem", **facts, Quantity=quantity, UnitPrice=price, **values)

    def change(self, name, record_id, **values):
        return self.org.call("PATCH", f"sobjects/{name}/{record_id}", json=values)

    def activated(self):
        order = self.order()
        item = self.item(order)
        assert self.change("Order", order, Status="Activated").status_code == 204
        return order, item


def code_of(answer):
    """The code of a refused single call."""
    return answer.json()[0]["errorCode"]
