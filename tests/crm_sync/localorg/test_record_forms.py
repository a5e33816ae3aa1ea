"""What the sales user does in forms: links by name, duplicates, conflicts, decisions."""

import html
import re

import pytest
import requests

from tests.crm_sync.localorg.visitors import Visitor


@pytest.fixture
def browser(org):
    return Visitor(org)


def shown(browser, path):
    """The form of a page as a browser would send it back: every field with its present value."""
    page = browser.get(path).text
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and "checkbox" not in tag and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = html.unescape(value[1]) if value else ""
    areas = r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>'
    for name, text in re.findall(areas, page, re.DOTALL):
        found[name] = html.unescape(text)
    return found


def read(org, name, record, *fields):
    found = org.call("GET", f"sobjects/{name}/{record}").json()
    return tuple(found[field] for field in fields)


@pytest.mark.req("ORG-10")
def test_a_linked_record_is_chosen_by_its_name(org, browser):
    account = org.create("Account", Name="Acme")

    browser.post("/o/Contact/new/", LastName="Rao", AccountId="Acme")

    assert org.query("SELECT LastName, AccountId FROM Contact") == [
        {"LastName": "Rao", "AccountId": account}
    ]


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize(
    ("name", "reason"), [("Nobody", "No account is named"), ("Twin", "Several are named")]
)
def test_a_name_that_is_not_one_record_is_explained_beside_its_field(org, browser, name, reason):
    twins = [org.create("Account", Name="Twin") for _ in range(2)]

    answer = browser.post("/o/Contact/new/", LastName="Rao", AccountId=name)

    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="p-AccountId"' in answer.text
    problem = re.search(r'id="p-AccountId">([^<]+)', answer.text)[1]
    assert f"{reason} “{name}”" in html.unescape(problem)
    assert org.query("SELECT Id FROM Contact") == []
    browser.post("/o/Contact/new/", LastName="Rao", AccountId=twins[1])
    assert org.query("SELECT AccountId FROM Contact") == [{"AccountId": twins[1]}]


@pytest.mark.req("ORG-10")
def test_a_new_record_starts_beside_another_one(org, browser):
    account = org.create("Account", Name="Acme")
    page = browser.get(f"/r/{account}/").text

    assert f"/o/Contact/new/?AccountId={account}" in page
    assert shown(browser, f"/o/Contact/new/?AccountId={account}")["AccountId"] == "Acme"


@pytest.mark.req("ORG-10")
def test_saving_a_page_does_not_undo_what_a_client_wrote_meanwhile(org, browser):
    record = org.create("Account", Name="Acme", BillingCity="Pune", Phone="1")
    sent = shown(browser, f"/r/{record}/edit/")
    org.call("PATCH", f"sobjects/Account/{record}", json={"BillingCity": "Delhi"})

    answer = browser.post(f"/r/{record}/edit/", **{**sent, "Phone": "2"})

    assert answer.status_code == 200
    assert read(org, "Account", record, "BillingCity", "Phone") == ("Delhi", "2")


@pytest.mark.req("ORG-10")
def test_two_changes_of_one_field_are_settled_by_the_one_who_comes_later(org, browser):
    record = org.create("Account", Name="Acme", Phone="1")
    sent = {**shown(browser, f"/r/{record}/edit/"), "Phone": "2"}
    org.call("PATCH", f"sobjects/Account/{record}", json={"Phone": "3"})

    refused = browser.post(f"/r/{record}/edit/", **sent)

    assert refused.status_code == 422
    assert "Changed by somebody else meanwhile, to: 3" in refused.text
    assert read(org, "Account", record, "Phone") == ("3",)
    seen = re.search(r'name="_seen" value="([^"]+)"', refused.text)[1]
    assert browser.post(f"/r/{record}/edit/", **{**sent, "_seen": seen}).status_code == 200
    assert read(org, "Account", record, "Phone") == ("2",)


@pytest.mark.req("ORG-10")
def test_an_untouched_form_changes_nothing(org, browser):
    record = org.create(
        "Lead", LastName="Rao", Company="Acme", Description="a\r\nb", DoNotCall=True
    )
    sent = {**shown(browser, f"/r/{record}/edit/"), "DoNotCall": "on"}

    assert browser.post(f"/r/{record}/edit/", **sent).status_code == 200

    page = browser.get(f"/r/{record}/").text
    assert page.count("<td title=") == 0
    assert read(org, "Lead", record, "Description", "DoNotCall") == ("a\r\nb", True)


@pytest.mark.req("ORG-10")
def test_a_duplicate_is_saved_only_when_the_user_insists(org, browser):
    org.faults({"kind": "duplicate_alert", "object": "Lead"})
    lead = {"LastName": "Rao", "Company": "Acme"}

    refused = browser.post("/o/Lead/new/", **lead)

    assert refused.status_code == 422
    assert "Save anyway" in refused.text
    assert org.query("SELECT Id FROM Lead") == []
    assert browser.post("/o/Lead/new/", **lead, _anyway="1").status_code == 200
    assert len(org.query("SELECT Id FROM Lead")) == 1


@pytest.mark.req("ORG-10")
def test_a_blocked_duplicate_cannot_be_insisted_on(org, browser):
    org.faults({"kind": "duplicate_block", "object": "Lead", "method": "POST"})

    refused = browser.post("/o/Lead/new/", LastName="Rao", Company="Acme", _anyway="1")

    assert refused.status_code == 422
    assert "Save anyway" not in refused.text
    assert org.query("SELECT Id FROM Lead") == []


@pytest.mark.req("ORG-09")
def test_faults_strike_pages_by_their_method_and_are_announced_on_each(org, browser):
    record = org.create("Account", Name="Acme")
    org.faults({"kind": "lock_row", "object": "Account", "method": "PATCH"})
    pages = (f"/r/{record}/edit/", "/o/Account/new/", f"/r/{record}/merge/")

    assert all("faults are switched on" in browser.get(path).text for path in pages)
    browser.post(f"/r/{record}/edit/", Name="Acme 2")
    assert read(org, "Account", record, "Name") == ("Acme 2",)
    org.faults({"kind": "lock_row", "object": "Account", "method": "POST"})
    refused = browser.post(f"/r/{record}/edit/", Name="Acme 3")
    assert refused.status_code == 422
    assert "unable to obtain exclusive access" in refused.text
    assert read(org, "Account", record, "Name") == ("Acme 2",)


@pytest.mark.req("ORG-10")
def test_a_lead_is_converted_into_what_the_user_chooses(org, browser):
    account = org.create("Account", Name="Acme")
    lead = org.create("Lead", LastName="Rao", Company="Acme Ltd")
    path = f"/r/{lead}/convert/"

    refused = browser.post(path, account="Nobody")
    assert refused.status_code == 422
    assert read(org, "Lead", lead, "IsConverted") == (False,)

    browser.post(path, account="Acme", make_opportunity="on", opportunity_name="Spring deal")

    assert read(org, "Lead", lead, "IsConverted", "ConvertedAccountId") == (True, account)
    assert org.query("SELECT Name, AccountId FROM Opportunity") == [
        {"Name": "Spring deal", "AccountId": account}
    ]
    assert browser.get(path).status_code == 404


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize(
    ("action", "end"), [("approve", "Approved"), ("reject", "Rejected"), ("recall", "Removed")]
)
def test_a_record_is_submitted_and_decided_on_its_page(org, browser, action, end):
    deal = org.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-12-01")
    page, path = f"/r/{deal}/", f"/r/{deal}/approval/"

    assert browser.post(path, page=page, action="approve").status_code == 409
    browser.post(path, page=page, action="submit")
    assert "Waits for approval" in browser.get(page).text
    browser.post(path, page=page, action=action, comments="So be it")

    assert "Waits for approval" not in browser.get(page).text
    assert org.query("SELECT Status, TargetObjectId FROM ProcessInstance") == [
        {"Status": end, "TargetObjectId": deal}
    ]
    steps = org.query("SELECT StepStatus, Comments FROM ProcessInstanceStep ORDER BY Id")
    assert steps[-1] == {"StepStatus": end, "Comments": "So be it"}


@pytest.mark.req("ORG-10")
def test_an_address_for_forms_says_so(org):
    record = org.create("Account", Name="Acme")

    answer = requests.get(f"{org.url}/r/{record}/delete/", timeout=10)

    assert answer.status_code == 405
    assert "A button leads here" in answer.text
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("ORG-10")
def test_a_record_type_is_chosen_by_its_label(org, browser):
    kinds = org.query("SELECT Id, Name FROM RecordType WHERE SobjectType = 'Lead' ORDER BY Name")
    page = browser.get("/o/Lead/new/").text

    for kind in kinds:
        assert f'<option value="{kind["Id"]}">{kind["Name"]}</option>' in page
    browser.post("/o/Lead/new/", LastName="Rao", Company="Acme", RecordTypeId=kinds[1]["Id"])
    assert org.query("SELECT RecordType.Name FROM Lead") == [
        {"RecordType": {"Name": kinds[1]["Name"]}}
    ]
