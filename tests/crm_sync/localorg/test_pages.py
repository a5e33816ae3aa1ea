"""The pages that people look at: complete, harmless, free of scripts."""

import re
from pathlib import Path

import pytest
import requests

from tests.crm_sync.localorg.conftest import Shop
from tests.crm_sync.localorg.visitors import Visitor


def get(org, path):
    return requests.get(org.url + path, timeout=10)


@pytest.mark.req("ORG-10")
def test_records_are_browsed_from_list_to_related_lists(shop):
    order, _item = shop.activated()

    home, listed, shown = (get(shop.org, path).text for path in ("/", "/o/Order/", f"/r/{order}/"))

    assert "Local org" in home
    assert f'href="/r/{order}/"' in listed
    assert "Acme" in shown
    assert "Order Items" in shown or "OrderItems" in shown


@pytest.mark.req("ORG-10")
def test_hostile_content_is_shown_as_text(org):
    record = org.create("Account", Name="<script>alert(1)</script>")

    page = get(org, f"/r/{record}/")

    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    ["/o/Nope/", "/r/nonsense/", "/r/001000000000000AAA/", "/log/999/", "/static/x.py", "/x"],
)
def test_what_is_not_there_is_not_found(org, path):
    answer = get(org, path)

    assert answer.status_code == 404
    assert "Not found" in answer.text


LOGIN = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="urn:y">
<e:Header>
<x:SessionHeader><x:sessionId>secret-1</x:sessionId></x:SessionHeader></e:Header><e:Body><x:login>
<x:username>u</x:username><x:password a="b">secret-2</x:password></x:login></e:Body></e:Envelope>"""


def test_the_log_never_shows_a_password(org):
    requests.post(f"{org.url}/services/Soap/u/64.0", data=LOGIN, timeout=10)
    org.call("POST", "sobjects/User/005000000000000AAA/password", json={"NewPassword": "secret-3"})
    form = {"grant_type": "password", "username": "u", "password": "secret-4"}
    requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=10)

    numbers = re.findall(r"/log/(\d+)/", get(org, "/log/").text)
    pages = "".join(get(org, f"/log/{number}/").text for number in numbers)

    assert "login" in pages
    assert "NewPassword" in pages
    assert "secret-" not in pages


def test_the_log_never_shows_a_token(org):
    token = org.bearer()["Authorization"][7:]
    org.query("SELECT Id FROM Account")

    pages = [get(org, "/log/").text] + [get(org, f"/log/{number}/").text for number in (1, 2)]

    assert all(
        token not in page and "client_secret=" + org.credentials["client_secret"] not in page
        for page in pages
    )


def test_a_statement_is_run_or_refused_on_its_page(org):
    org.create("Account", Name="Acme")

    good = get(org, "/soql/?q=SELECT+Id,Name,Owner.Name+FROM+Account").text
    bad = get(org, "/soql/?q=SELECT+Nope+FROM+Account").text

    assert "Acme" in good
    assert "Integration User" in good
    assert "INVALID_FIELD" in bad


@pytest.mark.req("ORG-10")
def test_sales_work_is_done_without_code(org):
    visitor = Visitor(org)

    refused = visitor.post("/o/Lead/new/", FirstName="Asha", Company="Acme")
    made = visitor.post("/o/Lead/new/", LastName="Rao", FirstName="Asha", Company="Acme")
    lead = made.url.rstrip("/").rpartition("/")[2]
    same = {"LastName": "Rao", "FirstName": "Asha", "Company": "Acme"}
    visitor.post(f"/r/{lead}/edit/", **same, Status="Open - Not Contacted", City="Pune")
    city = org.query("SELECT City FROM Lead")
    visitor.post(f"/r/{lead}/convert/", page=f"/r/{lead}/")
    contact = org.query("SELECT Id, Name FROM Contact")[0]
    visitor.post(f"/r/{contact['Id']}/delete/", page=f"/r/{contact['Id']}/")
    gone = org.query("SELECT Id FROM Contact")
    visitor.post(f"/r/{contact['Id']}/undelete/", page=f"/r/{contact['Id']}/")

    assert refused.status_code == 422
    assert "Required fields are missing: [LastName]" in refused.text
    assert city == [{"City": "Pune"}]
    assert contact["Name"] == "Asha Rao"
    assert gone == []
    assert len(org.query("SELECT Id FROM Contact")) == 1


def test_a_forged_form_changes_nothing(org):
    record = org.create("Account", Name="A")

    answer = requests.post(f"{org.url}/r/{record}/delete/", timeout=10)

    assert answer.status_code == 403
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_pages_fit_and_break_no_policy(org, chromium, scheme, width):
    shop = Shop(org)
    order, _item = shop.activated()
    complaints = []
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    for path in (
        "/",
        "/o/Order/",
        f"/r/{order}/",
        f"/r/{order}/edit/",
        "/soql/",
        "/events/",
        "/log/",
        "/health/",
    ):
        page.goto(org.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()

    assert complaints == []


AXE = Path(__file__).parents[2] / "browser" / "vendor" / "axe.min.js"


@pytest.mark.browser
@pytest.mark.req("ORG-10")
@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_long_names_fit_and_every_page_is_accessible(org, chromium, scheme, width):
    account = org.create("Account", Name="w" * 255, Description="line\n" * 90 + "z" * 3000)
    other = org.create("Account", Name="Acme")
    lead = org.create("Lead", LastName="l" * 80, Company="c" * 255)
    org.call(
        "POST",
        "process/approvals/",
        json={"requests": [{"actionType": "Submit", "contextId": account}]},
    )
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    paths = (
        f"/r/{account}/",
        f"/r/{account}/edit/",
        f"/r/{account}/merge/",
        f"/r/{account}/merge/?with={other}",
        f"/r/{lead}/convert/",
        "/o/Account/",
        "/o/Order/new/",
        "/o/Order/fields/",
    )
    for path in paths:
        page.goto(org.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run().then(found => found.violations.map(each => each.id))")
        assert found == [], path
    context.close()
