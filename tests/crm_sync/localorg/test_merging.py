"""Merging records on the org's pages: the rules of the SOAP call, chosen field by field."""

import re

import pytest
import requests


@pytest.fixture
def browser(org):
    """A person with a browser: keeps the cookie that guards the forms."""
    return Browser(org)


class Browser:
    def __init__(self, org):
        self.url = org.url
        self.session = requests.Session()

    def get(self, path, **params):
        return self.session.get(self.url + path, params=params, timeout=10)

    def merge(self, master, *others, **picked):
        page = self.get(f"/r/{master}/merge/", **{"with": list(others)})
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
        form = {"csrfmiddlewaretoken": token, "with": list(others)}
        form |= {f"f-{name}": record for name, record in picked.items()}
        return self.session.post(
            f"{self.url}/r/{master}/merge/", data=form, timeout=10, allow_redirects=False
        )


@pytest.fixture
def pair(org):
    """Two accounts that look alike; a contact hangs on the second."""
    first = org.create("Account", Name="Acme", Phone="1", Shop_Id__c="k1")
    second = org.create("Account", Name="Acme", Phone="2", Website="https://acme.example")
    contact = org.create("Contact", LastName="Bell", AccountId=second)
    return first, second, contact


@pytest.mark.req("ORG-10", "ORG-08")
def test_the_master_stays_with_the_chosen_values_and_all_that_hung_on_the_other(org, browser, pair):
    first, second, contact = pair

    answer = browser.merge(first, second, Phone=second, Website=second)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/r/{first}/")
    soql = "SELECT Id, Phone, Website, Shop_Id__c FROM Account"
    kept = {"Phone": "2", "Website": "https://acme.example", "Shop_Id__c": "k1"}
    assert org.query(soql) == [{"Id": first, **kept}]
    assert org.query("SELECT Id, AccountId FROM Contact") == [{"Id": contact, "AccountId": first}]
    gone = org.call(
        "GET",
        "queryAll",
        params={"q": "SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true"},
    ).json()["records"]
    assert [(row["Id"], row["MasterRecordId"]) for row in gone] == [(second, first)]


@pytest.mark.req("ORG-10")
def test_the_other_record_can_be_made_the_master(org, browser, pair):
    first, second, _contact = pair

    answer = browser.merge(second, first, Shop_Id__c=first)

    assert answer.status_code == 302
    soql = "SELECT Id, Phone, Shop_Id__c FROM Account"
    assert org.query(soql) == [{"Id": second, "Phone": "2", "Shop_Id__c": "k1"}]
    assert org.query("SELECT AccountId FROM Contact") == [{"AccountId": second}]


@pytest.mark.req("ORG-10")
def test_the_page_shows_what_differs_and_prefers_what_is_filled(browser, pair):
    first, second, _contact = pair

    page = browser.get(f"/r/{first}/merge/", **{"with": second}).text

    fields = re.findall(r'<legend title="(\w+)"', page)
    assert {"Phone", "Website", "Shop_Id__c"} <= set(fields)
    assert "Name" not in fields
    chosen = re.findall(r'name="f-(\w+)" value="(\w+)" checked', page)
    assert ("Phone", first) in chosen
    assert ("Website", second) in chosen
    assert "1 related" in page
    assert "<script" not in page


@pytest.mark.req("ORG-10")
def test_three_records_become_one(org, browser):
    ids = [org.create("Lead", LastName="L", Company=f"C{number}") for number in range(3)]

    answer = browser.merge(ids[0], ids[1], ids[2], Company=ids[2])

    assert answer.status_code == 302
    assert org.query("SELECT Id, Company FROM Lead") == [{"Id": ids[0], "Company": "C2"}]


@pytest.mark.req("ORG-10")
def test_records_that_look_alike_are_offered_and_others_are_found_by_name(org, browser, pair):
    first, second, _contact = pair
    other = org.create("Account", Name="Zebra")

    alike = browser.get(f"/r/{first}/merge/").text
    found = browser.get(f"/r/{first}/merge/", q="zeb").text

    assert f'value="{second}"' in alike
    assert f'value="{other}"' not in alike
    assert f'value="{other}"' in found
    assert f'href="/r/{first}/merge/"' in browser.get(f"/r/{first}/").text


@pytest.mark.req("ORG-10", "ORG-08")
def test_a_converted_lead_is_not_merged_and_nothing_changes(org, browser):
    kept = org.create("Lead", LastName="A", Company="C")
    other = org.create("Lead", LastName="A", Company="D")
    page = browser.get(f"/r/{other}/")
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
    browser.session.post(
        f"{org.url}/r/{other}/convert/", data={"csrfmiddlewaretoken": token}, timeout=10
    )

    answer = browser.merge(kept, other)

    assert answer.status_code == 422
    assert "Not merged." in answer.text
    assert org.query(f"SELECT Id FROM Lead WHERE Id = '{kept}'") == [{"Id": kept}]
    assert "merge/" not in browser.get(f"/r/{other}/").text


@pytest.mark.req("ORG-10")
def test_a_refused_value_names_its_reason_and_undoes_everything(org, browser):
    first = org.create("Account", Name="A", Phone="1")
    second = org.create("Account", Name="A", Phone="2")
    org.faults({"kind": "lock_row", "object": "Account", "count": 1})

    answer = browser.merge(first, second, Phone=second)

    assert answer.status_code == 422
    assert "unable to obtain exclusive access" in answer.text
    assert re.search(rf'name="f-Phone" value="{second}" checked', answer.text)
    rows = org.query("SELECT Phone FROM Account ORDER BY Phone")
    assert rows == [{"Phone": "1"}, {"Phone": "2"}]


def test_what_cannot_be_merged_has_no_page(org, browser):
    product = org.create("Product2", Name="P")
    account = org.create("Account", Name="A")
    contact = org.create("Contact", LastName="C")
    more = [org.create("Account", Name=name) for name in "BCD"]

    assert browser.get(f"/r/{product}/merge/").status_code == 404
    assert browser.get(f"/r/{account}/merge/", **{"with": contact}).status_code == 404
    assert browser.get(f"/r/{account}/merge/", **{"with": "001000000000000AAA"}).status_code == 404
    assert browser.get("/r/nonsense/merge/").status_code == 404
    assert browser.get(f"/r/{account}/merge/", **{"with": more}).status_code == 422
    assert browser.get(f"/r/{account}/merge/", **{"with": account}).status_code == 200


def test_a_forged_form_is_refused(org, browser, pair):
    first, second, _contact = pair

    answer = browser.session.post(
        f"{org.url}/r/{first}/merge/", data={"with": second}, timeout=10, allow_redirects=False
    )

    assert answer.status_code == 403
    assert len(org.query("SELECT Id FROM Account")) == 2
