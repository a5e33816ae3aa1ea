"""Rules of single objects, from the public documentation: deals, orders, people, approvals."""

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.deploying import NS, deploy, pack
from tests.crm_sync.localorg.test_change_events import undelete
from tests.crm_sync.localorg.test_orders import convert

DEAL = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
DONE = {"convertedStatus": "Closed - Converted"}


def make(org, name, **values):
    return org.call("POST", f"sobjects/{name}", json=values)


def read(org, name, record, *fields):
    found = org.call("GET", f"sobjects/{name}/{record}").json()
    return tuple(found[field] for field in fields)


@pytest.fixture
def line(shop):
    shop.deal = shop.create("Opportunity", **DEAL)
    facts = {"OpportunityId": shop.deal, "PricebookEntryId": shop.entry}
    shop.facts = facts
    return shop.create("OpportunityLineItem", Quantity=2, UnitPrice=10, **facts)


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"Quantity": 0, "UnitPrice": 5}, ["Quantity"]),
        ({"Quantity": 1, "UnitPrice": 5, "TotalPrice": 5}, []),
    ],
)
def test_a_line_has_a_quantity_and_one_price(shop, line, values, field):
    answer = make(shop.org, "OpportunityLineItem", **shop.facts, **values)

    assert code_of(answer) == "FIELD_INTEGRITY_EXCEPTION"
    assert answer.json()[0]["fields"] == field
    assert read(shop.org, "Opportunity", shop.deal, "Amount") == (20.0,)


@pytest.mark.req("ORG-08")
def test_a_new_total_gives_a_line_its_unit_price(shop, line):
    assert shop.change("OpportunityLineItem", line, TotalPrice=30).status_code == 204

    assert read(shop.org, "OpportunityLineItem", line, "UnitPrice", "TotalPrice") == (15.0, 30.0)
    assert read(shop.org, "Opportunity", shop.deal, "Amount") == (30.0,)


@pytest.mark.req("ORG-08")
def test_a_deal_with_products_keeps_its_price_book(shop, line):
    answer = shop.change("Opportunity", shop.deal, Pricebook2Id=shop.standard)

    assert code_of(answer) == "FIELD_INTEGRITY_EXCEPTION"
    assert read(shop.org, "Opportunity", shop.deal, "Pricebook2Id") == (shop.book,)


@pytest.mark.req("ORG-08")
def test_an_order_does_not_end_before_it_starts(shop):
    facts = {"AccountId": shop.account, "Status": "Draft", "EffectiveDate": "2026-11-21"}

    answer = make(shop.org, "Order", **facts, EndDate="2026-11-20")

    assert code_of(answer) == "FIELD_INTEGRITY_EXCEPTION"
    assert answer.json()[0]["fields"] == ["EndDate"]
    assert make(shop.org, "Order", **facts, EndDate="2026-11-21").status_code == 201


@pytest.mark.req("ORG-08")
def test_an_order_and_its_contract_have_one_account(shop):
    contract = shop.create("Contract", AccountId=shop.create("Account", Name="Other"))
    facts = {"AccountId": shop.account, "Status": "Draft", "EffectiveDate": "2026-11-21"}

    answer = make(shop.org, "Order", **facts, ContractId=contract)

    assert code_of(answer) == "FIELD_INTEGRITY_EXCEPTION"
    assert shop.org.query("SELECT Id FROM Order") == []


@pytest.mark.req("ORG-08")
def test_a_reduction_holds_its_original_and_gives_back_when_undone(shop):
    order, item = shop.activated()
    reduction = shop.order(IsReductionOrder=True, OriginalOrderId=order)
    shop.item(reduction, quantity=-1, OriginalOrderItemId=item)
    assert shop.change("Order", reduction, Status="Activated").status_code == 204

    again = make(
        shop.org,
        "Order",
        AccountId=shop.account,
        Pricebook2Id=shop.book,
        EffectiveDate="2026-11-21",
        Status="Draft",
        IsReductionOrder=True,
        OriginalOrderId=reduction,
    )
    assert code_of(again) == "FIELD_INTEGRITY_EXCEPTION"
    assert code_of(shop.change("Order", order, Status="Draft")) == "FIELD_INTEGRITY_EXCEPTION"
    assert code_of(shop.change("OrderItem", item, Quantity=0.5)) == "FIELD_INTEGRITY_EXCEPTION"
    assert shop.change("OrderItem", item, Quantity=5).status_code == 204
    assert read(shop.org, "OrderItem", item, "AvailableQuantity") == (4.0,)

    assert shop.change("Order", reduction, Status="Draft").status_code == 204
    assert read(shop.org, "OrderItem", item, "AvailableQuantity") == (5.0,)


@pytest.mark.req("ORG-08")
def test_a_reduction_reduces_products_of_its_original_only(shop):
    order, _item = shop.activated()
    _other, foreign = shop.activated()
    reduction = shop.order(IsReductionOrder=True, OriginalOrderId=order)
    facts = {"OrderId": reduction, "PricebookEntryId": shop.entry, "UnitPrice": 10.5}

    answer = make(shop.org, "OrderItem", Quantity=-1, OriginalOrderItemId=foreign, **facts)

    assert code_of(answer) == "FIELD_INTEGRITY_EXCEPTION"
    assert answer.json()[0]["fields"] == ["OriginalOrderItemId"]


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize(
    ("name", "field", "values"),
    [("Account", "ParentId", {"Name": "A"}), ("Contact", "ReportsToId", {"LastName": "A"})],
)
def test_nobody_is_above_themselves(org, name, field, values):
    top = org.create(name, **values)
    below = org.create(name, **values, **{field: top})

    for above in (top, below):
        answer = org.call("PATCH", f"sobjects/{name}/{top}", json={field: above})
        assert code_of(answer) == "CIRCULAR_DEPENDENCY"
    assert read(org, name, top, field) == (None,)


@pytest.mark.req("ORG-08")
def test_an_unchecked_box_is_never_empty(org):
    contact = org.create("Contact", LastName="Rao", DoNotCall=True)

    org.call("PATCH", f"sobjects/Contact/{contact}", json={"DoNotCall": None})

    assert read(org, "Contact", contact, "DoNotCall") == (False,)


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize("place", [{"BillingLatitude": 90.5}, {"BillingLongitude": -181}])
def test_a_place_is_on_earth(org, place):
    answer = make(org, "Account", Name="Far", **place)

    assert code_of(answer) == "NUMBER_OUTSIDE_VALID_RANGE"
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-08")
def test_a_queue_owns_what_queues_may_own(org):
    queue = org.create("Group", Name="Inbox", Type="Queue")
    lead = org.create("Lead", LastName="Rao", Company="Acme", OwnerId=queue)

    assert org.query("SELECT Owner.Name, Owner.Type FROM Lead") == [
        {"Owner": {"Name": "Inbox", "Type": "Group"}}
    ]
    assert code_of(make(org, "Account", Name="Acme", OwnerId=queue)) == "MALFORMED_ID"
    kept = convert(org, leadId=lead, doNotCreateOpportunity="true", **DONE)
    assert "Converted objects can only be owned by users" in kept.text
    assert read(org, "Lead", lead, "IsConverted") == (False,)


@pytest.mark.req("ORG-08")
def test_somebody_is_a_member_of_a_campaign_once(org):
    campaign = org.create("Campaign", Name="Spring")
    lead = org.create("Lead", LastName="Rao", Company="Acme")
    member = org.create("CampaignMember", CampaignId=campaign, LeadId=lead, Status="Responded")

    again = make(org, "CampaignMember", CampaignId=campaign, LeadId=lead)

    assert code_of(again) == "DUPLICATE_VALUE"
    assert again.json()[0]["message"] == "Already a campaign member."
    nobody = make(org, "CampaignMember", CampaignId=campaign)
    assert code_of(nobody) == "REQUIRED_FIELD_MISSING"
    assert read(org, "CampaignMember", member, "HasResponded") == (True,)


@pytest.mark.req("ORG-08")
def test_a_conversion_takes_everything_along(org):
    lead = org.create("Lead", LastName="Rao", Company="Acme", LeadSource="Web")
    task = org.create("Task", Subject="Call", WhoId=lead)
    meeting = org.create(
        "Event", WhoId=lead, DurationInMinutes=30, ActivityDateTime="2026-12-01T10:00:00Z"
    )
    note = org.create("Note", ParentId=lead, Title="Hint")
    campaign = org.create("Campaign", Name="Spring")
    member = org.create("CampaignMember", CampaignId=campaign, LeadId=lead)

    convert(org, leadId=lead, doNotCreateOpportunity="false", **DONE)

    names = ("ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId")
    account, contact, deal = read(org, "Lead", lead, *names)
    for name, record in (("Task", task), ("Event", meeting)):
        links = read(org, name, record, "WhoId", "WhatId", "AccountId")
        assert links == (contact, deal, account)
    assert read(org, "Note", note, "ParentId") == (contact,)
    assert read(org, "CampaignMember", member, "LeadId", "ContactId") == (lead, contact)
    assert read(org, "Opportunity", deal, "CampaignId", "AccountId") == (campaign, account)
    assert org.query("SELECT OpportunityId, ContactId, IsPrimary FROM OpportunityContactRole") == [
        {"OpportunityId": deal, "ContactId": contact, "IsPrimary": True}
    ]


@pytest.mark.req("ORG-08")
def test_a_new_deal_closes_with_the_quarter(org):
    lead = org.create("Lead", LastName="Rao", Company="Acme")

    convert(org, leadId=lead, doNotCreateOpportunity="false", **DONE)

    (deal,) = org.query("SELECT CloseDate, CreatedDate FROM Opportunity")
    month_day = deal["CloseDate"][5:]
    assert month_day in {"03-31", "06-30", "09-30", "12-31"}
    assert 0 <= int(month_day[:2]) - int(deal["CreatedDate"][5:7]) <= 3


@pytest.mark.req("ORG-08")
def test_a_conversion_into_another_accounts_deal_changes_nothing(org):
    lead = org.create("Lead", LastName="Rao", Company="Acme")
    account = org.create("Account", Name="Acme")
    deal = org.create("Opportunity", **DEAL)

    answer = convert(org, leadId=lead, accountId=account, opportunityId=deal, **DONE)

    assert "The opportunity must be associated with the account" in answer.text
    assert read(org, "Lead", lead, "IsConverted") == (False,)
    assert org.query("SELECT Id FROM Contact") == []


FIELD = (
    f"<CustomObject {NS}><fields><fullName>Size__c</fullName><label>Size</label>"
    "<type>Text</type><length>20</length></fields></CustomObject>"
)
MAPPING = (
    f"<LeadConvertSettings {NS}><objectMapping><inputObject>Lead</inputObject><mappingFields>"
    "<inputField>Size__c</inputField><outputField>Size__c</outputField></mappingFields>"
    "<outputObject>Account</outputObject></objectMapping></LeadConvertSettings>"
)


@pytest.mark.req("ORG-08")
def test_custom_fields_carry_over_where_setup_maps_them(org):
    files = {f"objects/{name}.object": FIELD for name in ("Lead", "Account", "Contact")}
    files["LeadConvertSettings/LeadConvertSettings.LeadConvertSetting"] = MAPPING
    assert deploy(org, pack(**files))["status"] == "Succeeded"
    lead = org.create("Lead", LastName="Rao", Company="Acme", Size__c="large")

    convert(org, leadId=lead, doNotCreateOpportunity="true", **DONE)

    assert org.query("SELECT Size__c FROM Account") == [{"Size__c": "large"}]
    assert org.query("SELECT Size__c FROM Contact") == [{"Size__c": None}]


@pytest.mark.req("ORG-08")
def test_what_waits_for_an_approval_goes_and_returns_with_its_record(org):
    cart = org.create("Cart__c", Shop_Id__c="c1")
    wish = {"requests": [{"actionType": "Submit", "contextId": cart}]}
    assert org.call("POST", "process/approvals/", json=wish).status_code == 200

    again = org.call("POST", "process/approvals/", json=wish)
    assert code_of(again) == "ALREADY_IN_PROCESS"
    org.call("DELETE", f"sobjects/Cart__c/{cart}")
    assert org.query("SELECT Id FROM ProcessInstanceWorkitem") == []
    undelete(org, cart)
    assert len(org.query("SELECT Id FROM ProcessInstanceWorkitem")) == 1


@pytest.mark.req("ORG-08")
def test_a_task_is_about_a_custom_object_that_has_activities(org):
    cart = org.create("Cart__c", Shop_Id__c="c1")

    org.create("Task", Subject="Call", WhatId=cart)

    assert org.query("SELECT What.Type FROM Task") == [{"What": {"Type": "Cart__c"}}]


MOMENTS = (
    f"<CustomObject {NS}><fields><fullName>Opens__c</fullName><label>Opens</label>"
    "<type>Time</type></fields><fields><fullName>Spot__c</fullName><label>Spot</label>"
    "<type>Location</type><scale>4</scale><displayLocationInDecimal>true"
    "</displayLocationInDecimal></fields></CustomObject>"
)


@pytest.mark.req("ORG-08")
def test_times_of_day_and_places_are_kept_as_the_platform_keeps_them(org):
    assert deploy(org, pack(**{"objects/Account.object": MOMENTS}))["status"] == "Succeeded"
    place = {"Spot__Latitude__s": 18.52043, "Spot__Longitude__s": 73.8567}

    shop = org.create("Account", Name="Shop", Opens__c="09:30:00.000Z", **place)
    late = make(org, "Account", Name="Late", Opens__c="25:00:00.000Z")
    far = make(org, "Account", Name="Far", Spot__Latitude__s=91, Spot__Longitude__s=0)

    assert read(org, "Account", shop, "Opens__c", "Spot__c", "Spot__Latitude__s") == (
        "09:30:00.000Z",
        {"latitude": 18.5204, "longitude": 73.8567},
        18.5204,
    )
    assert code_of(late) == "JSON_PARSER_ERROR"
    assert code_of(far) == "NUMBER_OUTSIDE_VALID_RANGE"
    near = "DISTANCE(Spot__c, GEOLOCATION(18.5, 73.8), 'km') < 10"
    assert org.query(f"SELECT Id, Spot__c FROM Account WHERE {near}") == [
        {"Id": shop, "Spot__c": {"latitude": 18.5204, "longitude": 73.8567}}
    ]
    for test in ("= 09:30:00Z", "< 10:00:00.000Z", "IN (08:00:00Z, 15:00:00.0+05:30)", "!= null"):
        assert org.query(f"SELECT Id FROM Account WHERE Opens__c {test}") == [{"Id": shop}]
    for wrong, words in (
        ("'09:30:00.000Z'", "must be of type time and should not be enclosed in quotes"),
        ("9:30:00Z", "unexpected token: ':'"),
        ("25:00:00Z", "Invalid time: 25:00:00Z"),
    ):
        refused = {"q": f"SELECT Id FROM Account WHERE Opens__c = {wrong}"}
        assert words in org.call("GET", "query", params=refused).json()[0]["message"]
    kinds = {
        field["name"]: (field["type"], field["soapType"])
        for field in org.call("GET", "sobjects/Account/describe").json()["fields"]
    }
    assert kinds["Opens__c"] == ("time", "xsd:time")
    assert kinds["Spot__c"][0] == "location"
