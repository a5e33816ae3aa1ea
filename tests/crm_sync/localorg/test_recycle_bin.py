"""What goes with a deleted record, what keeps it, and what comes back."""

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_change_events import headers, payloads, select, undelete
from tests.crm_sync.localorg.test_orders import partner
from tests.crm_sync.localorg.test_streaming import Subscriber


def delete(org, name, record):
    return org.call("DELETE", f"sobjects/{name}/{record}")


def one(org, soql):
    return org.call("GET", "queryAll", params={"q": soql}).json()["records"][0]


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize("link", ["AccountId", "ContactId"])
def test_what_has_a_case_is_not_deleted(org, link):
    account = org.create("Account", Name="Acme")
    contact = org.create("Contact", LastName="Rao", AccountId=account)
    kept = {"AccountId": account, "ContactId": contact}[link]
    case = org.create("Case", Subject="Broken", **{link: kept})
    number = org.query(f"SELECT CaseNumber FROM Case WHERE Id = '{case}'")[0]["CaseNumber"]

    answer = delete(org, link.removesuffix("Id"), kept)

    assert code_of(answer) == "DELETE_FAILED"
    assert f"associated with the following cases.: {number}" in answer.json()[0]["message"]
    assert len(org.query("SELECT Id FROM Account")) == 1
    assert len(org.query("SELECT Id FROM Contact")) == 1


@pytest.mark.req("ORG-08")
def test_an_account_with_a_won_deal_is_not_deleted(org):
    account = org.create("Account", Name="Acme")
    facts = {"Name": "Deal", "CloseDate": "2026-12-01", "AccountId": account}
    deal = org.create("Opportunity", StageName="Closed Won", **facts)

    assert code_of(delete(org, "Account", account)) == "DELETE_FAILED"
    org.call("PATCH", f"sobjects/Opportunity/{deal}", json={"StageName": "Closed Lost"})
    assert delete(org, "Account", account).status_code == 204
    assert one(org, "SELECT IsDeleted FROM Opportunity")["IsDeleted"] is True


@pytest.mark.req("ORG-08")
def test_an_activated_contract_keeps_its_account_and_a_draft_goes_with_it(org):
    account = org.create("Account", Name="Acme")
    contract = org.create("Contract", AccountId=account)
    org.call("PATCH", f"sobjects/Contract/{contract}", json={"Status": "Activated"})

    assert code_of(delete(org, "Account", account)) == "DELETE_FAILED"
    assert code_of(delete(org, "Contract", contract)) == "DELETE_FAILED"

    org.call("PATCH", f"sobjects/Contract/{contract}", json={"Status": "Draft"})
    assert delete(org, "Account", account).status_code == 204
    gone = one(org, "SELECT IsDeleted, AccountId FROM Contract")
    assert (gone["IsDeleted"], gone["AccountId"]) == (True, account)


@pytest.mark.req("ORG-08")
def test_prices_go_and_come_back_with_their_product(shop):
    assert delete(shop.org, "Product2", shop.product).status_code == 204
    assert shop.org.query("SELECT Id FROM PricebookEntry") == []

    undelete(shop.org, shop.product)

    found = shop.org.query("SELECT UnitPrice FROM PricebookEntry ORDER BY UnitPrice")
    assert [each["UnitPrice"] for each in found] == [10.5, 12.0]


@pytest.mark.req("ORG-08")
def test_only_what_went_with_a_record_comes_back_with_it(org):
    account = org.create("Account", Name="Acme")
    contacts = [org.create("Contact", LastName=name, AccountId=account) for name in "AB"]
    delete(org, "Contact", contacts[0])
    delete(org, "Account", account)

    undelete(org, account)

    assert [each["Id"] for each in org.query("SELECT Id FROM Contact")] == [contacts[1]]


@pytest.mark.req("ORG-08")
def test_emptied_links_return_unless_somebody_set_them_anew(org):
    campaigns = [org.create("Campaign", Name=name) for name in "AB"]
    facts = {"StageName": "Prospecting", "CloseDate": "2026-12-01"}
    deals = [
        org.create("Opportunity", Name=name, CampaignId=campaigns[0], **facts) for name in "XY"
    ]
    delete(org, "Campaign", campaigns[0])
    asked = "SELECT CampaignId FROM Opportunity ORDER BY Name"
    assert [each["CampaignId"] for each in org.query(asked)] == [None, None]
    org.call("PATCH", f"sobjects/Opportunity/{deals[1]}", json={"CampaignId": campaigns[1]})

    undelete(org, campaigns[0])

    assert [each["CampaignId"] for each in org.query(asked)] == campaigns


@pytest.mark.req("ORG-08")
def test_an_activity_goes_with_the_last_record_it_is_about(org):
    account = org.create("Account", Name="Acme")
    contact = org.create("Contact", LastName="Rao")
    alone = org.create("Task", Subject="Alone", WhoId=contact)
    shared = org.create("Task", Subject="Shared", WhoId=contact, WhatId=account)

    delete(org, "Contact", contact)

    rows = org.query("SELECT Id, WhoId, WhatId FROM Task")
    assert rows == [{"Id": shared, "WhoId": None, "WhatId": account}]
    undelete(org, contact)
    assert {each["Id"]: each["WhoId"] for each in org.query("SELECT Id, WhoId FROM Task")} == {
        alone: contact,
        shared: contact,
    }


@pytest.mark.req("ORG-08")
def test_a_part_does_not_come_back_without_its_whole(shop):
    order = shop.order()
    item = shop.item(order)
    delete(shop.org, "Order", order)

    refused = partner(shop.org, f"<undelete><ids>{item}</ids></undelete>")
    assert "UNDELETE_FAILED" in refused
    assert shop.org.query("SELECT Id FROM OrderItem") == []

    undelete(shop.org, order)
    assert shop.org.query("SELECT OrderId, Order.TotalAmount FROM OrderItem") == [
        {"OrderId": order, "Order": {"TotalAmount": 21.0}}
    ]


@pytest.mark.req("ORG-06")
def test_links_that_a_delete_empties_are_told(org):
    select(org, "CampaignChangeEvent", "OpportunityChangeEvent")
    campaign = org.create("Campaign", Name="Spring")
    facts = {"StageName": "Prospecting", "CloseDate": "2026-12-01", "CampaignId": campaign}
    deal = org.create("Opportunity", Name="Deal", **facts)
    listener = Subscriber(org, channel="/data/OpportunityChangeEvent")

    delete(org, "Campaign", campaign)
    undelete(org, campaign)

    emptied, returned = payloads(listener)
    assert emptied["CampaignId"] is None
    assert emptied["ChangeEventHeader"]["nulledFields"] == ["CampaignId"]
    assert emptied["ChangeEventHeader"]["recordIds"] == [deal]
    assert emptied["ChangeEventHeader"]["changeType"] == "UPDATE"
    assert returned["CampaignId"] == campaign


@pytest.mark.req("ORG-06")
def test_links_that_a_merge_moves_are_told(org):
    select(org, "ContactChangeEvent")
    kept, other = (org.create("Account", Name=name) for name in ("Acme", "Acme Ltd"))
    contact = org.create("Contact", LastName="Rao", AccountId=other)
    listener = Subscriber(org, channel="/data/ContactChangeEvent")

    merge(org, kept, other)

    (told,) = headers(listener)
    assert (told["changeType"], told["recordIds"]) == ("UPDATE", [contact])
    assert "AccountId" in told["changedFields"]
    assert org.query("SELECT AccountId FROM Contact") == [{"AccountId": kept}]


def merge(org, kept, other):
    partner(
        org,
        "<merge><request><masterRecord><type>Account</type>"
        f"<Id>{kept}</Id></masterRecord><recordToMergeIds>{other}</recordToMergeIds>"
        "</request></merge>",
    )
