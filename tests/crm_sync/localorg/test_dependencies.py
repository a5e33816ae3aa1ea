"""Picklists that another field controls, and links that a filter narrows."""

import base64

import pytest

from crm_sync.localorg.errors import SalesforceError
from tests.crm_sync.localorg.deploying import NS, deploy, pack, ship


def values(*names):
    return "".join(
        f"<value><fullName>{name}</fullName><default>false</default><label>{name}</label></value>"
        for name in names
    )


def settings(**valid):
    return "".join(
        "<valueSettings>"
        + "".join(f"<controllingFieldValue>{each}</controllingFieldValue>" for each in given)
        + f"<valueName>{name}</valueName></valueSettings>"
        for name, given in valid.items()
    )


PLACES = f"""<CustomObject {NS}>
<fields><fullName>Region__c</fullName><label>Region</label><type>Picklist</type><valueSet>
<restricted>true</restricted><valueSetDefinition>{values("North", "South", "East")}
</valueSetDefinition></valueSet></fields>
<fields><fullName>Town__c</fullName><label>Town</label><type>Picklist</type><valueSet>
<controllingField>Region__c</controllingField><restricted>true</restricted>
<valueSetDefinition>{values("Delhi", "Pune", "Goa")}</valueSetDefinition>
{settings(Delhi=["North"], Pune=["South", "East"])}</valueSet></fields></CustomObject>"""


@pytest.mark.req("ORG-12")
def test_describe_says_which_values_go_with_which(org):
    assert deploy(org, pack(**{"objects/Account.object": PLACES}))["status"] == "Succeeded"

    described = org.call("GET", "sobjects/Account/describe").json()
    fields = {field["name"]: field for field in described["fields"]}
    town = fields["Town__c"]
    valid = {each["value"]: each["validFor"] for each in town["picklistValues"]}

    assert (town["controllerName"], town["dependentPicklist"]) == ("Region__c", True)
    assert valid == {"Delhi": "gAAA", "Pune": "YAAA", "Goa": "AAAA"}
    assert base64.b64decode(valid["Pune"])[0] == 0b01100000
    assert {each["validFor"] for each in fields["Region__c"]["picklistValues"]} == {None}


FILTERED = f"""<CustomObject {NS}>
<fields><fullName>Buyer__c</fullName><label>Buyer</label><type>Lookup</type>
<referenceTo>Contact</referenceTo><relationshipName>Bought</relationshipName><lookupFilter>
<active>true</active><booleanFilter>1 AND (2 OR 3)</booleanFilter>{{message}}
<filterItems><field>Contact.AccountId</field><operation>equals</operation>
<valueField>$Source.AccountId</valueField></filterItems>
<filterItems><field>Contact.Title</field><operation>equals</operation>
<value>CEO, CFO</value></filterItems>
<filterItems><field>Contact.Account.Name</field><operation>startsWith</operation>
<value>Free</value></filterItems>
<isOptional>{{optional}}</isOptional></lookupFilter></fields></CustomObject>"""


def opportunity(desk, account, buyer):
    facts = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    return desk.create("Opportunity", **facts, AccountId=account, Buyer__c=buyer)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("", "Value does not exist or does not match filter criteria."),
        ("<errorMessage>Not a buyer here</errorMessage>", "Not a buyer here"),
    ],
)
@pytest.mark.req("ORG-08")
def test_a_link_leads_only_where_its_filter_lets_it(desk, given, shown):
    body = FILTERED.format(optional="false", message=given)
    assert ship(desk, **{"objects/Opportunity.object": body}) == []
    acme, free = (desk.create("Account", Name=name) for name in ("Acme", "Free Works"))
    boss = desk.create("Contact", LastName="Rao", Title="cfo", AccountId=acme)
    clerk = desk.create("Contact", LastName="Das", Title="Clerk", AccountId=acme)
    other = desk.create("Contact", LastName="Sen", Title="Clerk", AccountId=free)

    for account, buyer in ((acme, clerk), (free, boss)):
        with pytest.raises(SalesforceError) as refused:
            opportunity(desk, account, buyer)
        assert refused.value.code == "FIELD_FILTER_VALIDATION_EXCEPTION"
        assert (refused.value.message, refused.value.fields) == (shown, ["Buyer__c"])
    assert desk.ask("SELECT Id FROM Opportunity") == []
    opportunity(desk, acme, boss)
    opportunity(desk, free, other)


@pytest.mark.req("ORG-08")
def test_an_optional_filter_keeps_nothing_out(desk):
    body = FILTERED.format(optional="true", message="")
    ship(desk, **{"objects/Opportunity.object": body})
    acme = desk.create("Account", Name="Acme")
    clerk = desk.create("Contact", LastName="Das", Title="Clerk", AccountId=acme)

    opportunity(desk, acme, clerk)

    assert len(desk.ask("SELECT Id FROM Opportunity")) == 1
