"""What a client needs to draw pages of its own: layouts, list views, tabs, colours."""

import pytest

from tests.crm_sync.localorg.conftest import code_of


def got(org, path):
    answer = org.call("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.req("ORG-03")
def test_layouts_of_every_kind_are_described(org):
    place = "sobjects/Account/describe"

    fields = {each["name"]: each["label"] for each in got(org, place)["fields"]}
    full = got(org, f"{place}/layouts")["layouts"][0]
    named = got(org, "sobjects/User/describe/namedLayouts/UserAlt")
    compact = got(org, f"{place}/compactLayouts")
    primary = got(org, f"{place}/compactLayouts/primary")

    assert full["buttonLayoutSection"] == {"detailButtons": []}
    assert full["quickActionList"] == {"quickActionListItems": []}
    labels = {
        row["layoutItems"][0]["label"] for row in full["detailLayoutSections"][0]["layoutRows"]
    }
    assert fields["Name"] in labels
    assert {each["name"]: each["sobject"] for each in full["relatedLists"]}["Contacts"] == "Contact"
    assert named["recordTypeMappings"][0]["developerName"] == "Master"
    assert named["recordTypeSelectorRequired"] == [False]
    assert compact["compactLayouts"] == [primary]
    assert (primary["objectType"], primary["fieldItems"][0]["label"]) == ("Account", fields["Name"])
    assert got(org, f"{place}/approvalLayouts") == {"approvalLayouts": []}
    assert code_of(org.call("GET", "sobjects/Nothing/describe/approvalLayouts")) == "NOT_FOUND"


@pytest.mark.req("ORG-03")
def test_a_list_view_is_listed_described_explained_and_run(org):
    for name in ("B", "A"):
        org.create("Account", Name=name)
    place = "sobjects/Account/listviews"

    view = got(org, place)["listviews"][0]
    described = got(org, f"{place}/{view['id']}/describe")
    rows = got(org, f"{place}/{view['id']}/results?limit=1&offset=1")
    plans = got(org, f"query?explain={view['id']}")

    assert (view["developerName"], view["label"]) == ("AllAccounts", "All Accounts")
    assert view["resultsUrl"].endswith(f"/{place}/{view['id']}/results")
    assert described["query"].startswith("SELECT Name, Id, CreatedDate")
    assert described["sobjectType"] == "Account"
    assert rows["size"] == 1
    assert rows["records"][0]["columns"][0] == {"fieldNameOrPath": "Name", "value": "B"}
    assert plans["plans"][0]["sobjectType"] == "Account"
    assert (
        code_of(org.call("GET", f"sobjects/Contact/listviews/{view['id']}/results")) == "NOT_FOUND"
    )


@pytest.mark.req("ORG-03")
def test_tabs_and_colours_name_the_objects_people_work_with(org):
    tabs = {each["name"]: each for each in got(org, "tabs")}
    items = {each["name"]: each for each in got(org, "theme")["themeItems"]}

    assert tabs["standard-Account"]["url"] == f"{org.url}/o/Account/"
    assert tabs["Cart__c"]["custom"] is True
    assert set(items["Account"]["colors"][0]) == {"color", "context", "theme"}
    assert items["Account"]["icons"][0]["contentType"] == "image/svg+xml"


@pytest.mark.req("ORG-03")
def test_the_short_description_names_the_last_records(org):
    made = org.create("Account", Name="Seen")

    recent = got(org, "sobjects/Account")["recentItems"][0]

    assert (recent["Id"], recent["Name"], recent["attributes"]["type"]) == (made, "Seen", "Account")


@pytest.mark.req("ORG-08")
def test_workflow_rules_are_listed_and_applied_though_there_are_none(org):
    made = org.create("Account", Name="A")

    applied = org.call("POST", "process/rules", json={"contextIds": [made]})
    unknown = org.call("POST", "process/rules", json={"contextIds": ["001000000000000AAA"]})

    assert got(org, "process/rules") == {"rules": {}}
    assert applied.json() == {"errors": None, "success": True}
    assert unknown.status_code >= 400
