"""How a client finds its way: apps, menus, tabs, what is searched and what is proposed."""

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_quick_actions import got
from tests.crm_sync.localorg.test_soap import send

BASE = "/services/data/v67.0"


@pytest.mark.req("ORG-03")
def test_menus_list_the_apps_and_the_tabs(org):
    kinds = got(org, "appMenu")
    apps = got(org, "appMenu/AppSwitcher")["appMenuItems"]
    mobile = got(org, "appMenu/Salesforce1")["appMenuItems"]

    assert kinds["AppSwitcher"] == f"{BASE}/appMenu/AppSwitcher"
    assert (apps[0]["label"], apps[0]["type"], apps[0]["icons"]) == ("Sales", "Tabset", None)
    assert apps[0]["url"] == "/home/home.jsp?tsid=02u000000000001"
    assert mobile[0]["type"] == "Standard.Feed"
    assert {"type": "Tab.entity", "name": "standard-Account"}.items() <= next(
        each for each in mobile if each["label"] == "Accounts"
    ).items()
    assert code_of(org.call("GET", "appMenu/Nothing")) == "NOT_FOUND"


@pytest.mark.req("ORG-03")
def test_tabs_layouts_and_themes_are_described_over_soap(org):
    def told(name, parts=""):
        answer = send(org, "u", f"<{name}>{parts}</{name}>")
        assert answer.status_code == 200, answer.text
        return answer.text

    account = "<sObjectType>Account</sObjectType>"
    view = "<request><developerNameOrId>AllAccounts</developerNameOrId><sobjectType>Account"
    org.create("Account", Name="Acme")

    assert "<selected>true</selected><tabSetId>02u" in told("describeTabs")
    assert "<sobjectName>Cart__c</sobjectName>" in told("describeAllTabs")
    assert "<themeItems><colors><color>" in told("describeTheme")
    assert "<keyPrefix>001</keyPrefix>" in told("describeGlobalTheme")
    menu = "<appMenuType>AppSwitcher</appMenuType>"
    assert "<type>Tabset</type>" in told("describeAppMenu", menu)
    layout = told("describeLayout", account)
    assert "<recordTypeSelectorRequired>false</recordTypeSelectorRequired>" in layout
    assert "<name>SYSTEM</name>" in told("describeCompactLayouts", account)
    assert "<objectType>Account</objectType>" in told(
        "describePrimaryCompactLayouts", "<sObjectTypes>Account</sObjectTypes>"
    )
    assert "<limitRows>25</limitRows>" in told("describeSearchLayouts", account)
    assert "<keyPrefix>001</keyPrefix><name>Account</name>" in told("describeSearchScopeOrder")
    assert "<value>Acme</value>" in told("executeListView", f"{view}</sobjectType></request>")


@pytest.mark.req("ORG-03")
def test_a_password_is_changed_by_whoever_knows_the_old_one(org):
    old = org.credentials["password"]
    known = f"<oldPassword>{old}</oldPassword><newPassword>brand-new-1</newPassword>"
    wrong = "<oldPassword>x</oldPassword><newPassword>brand-new-1</newPassword>"

    refused = send(org, "u", f"<changeOwnPassword>{wrong}</changeOwnPassword>")
    done = send(org, "u", f"<changeOwnPassword>{known}</changeOwnPassword>")
    repeated = send(org, "u", f"<changeOwnPassword>{known}</changeOwnPassword>")

    assert "INVALID_OLD_PASSWORD" in refused.text
    assert done.status_code == 200
    assert "INVALID_OLD_PASSWORD" in repeated.text
    back = f"<oldPassword>brand-new-1</oldPassword><newPassword>{old}</newPassword>"
    assert send(org, "u", f"<changeOwnPassword>{back}</changeOwnPassword>").status_code == 200


@pytest.mark.req("ORG-03")
def test_standard_fields_are_read_as_metadata_with_values_before_version_38(org):
    asked = (
        "<readMetadata><type>CustomField</type><fullNames>Lead.Status</fullNames></readMetadata>"
    )

    old = send(org, "m", asked, "37.0").text
    new = send(org, "m", asked).text

    assert "<fullName>Lead.Status</fullName>" in new
    assert "<type>Picklist</type>" in new
    assert "picklistValues" not in new
    assert "<fullName>Closed - Converted</fullName><converted>true</converted>" in old


@pytest.mark.req("ORG-03")
def test_what_is_searched_and_how_found_records_are_shown(org):
    org.create("Lead", LastName="Doe", Company="Acme")
    scope = got(org, "search/scopeOrder")
    layout = got(org, "search/layout?q=Account,Contact")

    assert scope[0] == {"type": "Lead", "url": f"{BASE}/sobjects/Lead/describe"}
    assert [each["objectType"] for each in layout] == ["Account", "Contact"]
    first = layout[0]["searchColumns"][0]
    assert (first["field"], first["name"], layout[0]["limitRows"]) == ("Account.Name", "Name", 25)
    short = got(org, "compactLayouts?q=Account,Contact")
    assert {name: each["objectType"] for name, each in short.items()} == {
        "Account": "Account",
        "Contact": "Contact",
    }


@pytest.mark.req("ORG-04")
def test_names_are_proposed_while_one_types(org):
    for name in ("Acme East", "The Acme", "100% Acme", "Other"):
        org.create("Account", Name=name)
    place = "search/suggestions"

    found = got(org, f"{place}?q=acm&sobject=Account&limit=2")
    literal = got(org, f"{place}?q=100%25&sobject=Account")

    assert [each["Name"] for each in found["autoSuggestResults"]] == ["100% Acme", "Acme East"]
    assert found["hasMoreResults"] is True
    assert [each["Name"] for each in literal["autoSuggestResults"]] == ["100% Acme"]
    assert literal["hasMoreResults"] is False
    assert code_of(org.call("GET", f"{place}?q=acm")) == "MISSING_ARGUMENT"


@pytest.mark.req("ORG-03")
def test_relevant_items_carry_a_mark_that_tells_whether_they_changed(org):
    made = org.create("Account", Name="Acme")

    first = org.call("GET", "sobjects/relevantItems")
    mark = first.headers["lastUpdatedId"]
    same = org.call("GET", f"sobjects/relevantItems?lastUpdatedId={mark}")

    account = first.json()[0]
    assert account.pop("lastUpdatedId").isdigit()
    named = {"apiName": "Account", "key": "001", "label": "Accounts"}
    assert account == {**named, "recordIds": [made[:15]]}
    assert first.headers["newResultSetSinceLastQuery"] == "true"
    assert same.headers["newResultSetSinceLastQuery"] == "false"
    assert got(org, "composite")["tree"] == f"{BASE}/composite/tree"


@pytest.mark.req("ORG-04")
def test_what_was_asked_for_to_be_shown_is_recent(org):
    first = org.create("Account", Name="First")
    org.create("Account", Name="Second")
    product = org.create("Product2", Name="Lamp")

    org.query(f"SELECT Id FROM Product2 WHERE Id = '{product}' FOR REFERENCE")
    org.query(f"SELECT Id FROM Account WHERE Id = '{first}' FOR VIEW")

    recent = got(org, "recent?limit=2")
    assert [(each["Id"], each["Name"]) for each in recent] == [(first, "First"), (product, "Lamp")]
    assert recent[0]["attributes"]["type"] == "Account"
