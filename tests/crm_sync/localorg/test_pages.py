"""The pages that people look at: complete, harmless, free of scripts."""

import pytest
import requests
from playwright.sync_api import sync_playwright

from tests.crm_sync.localorg.conftest import Shop


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


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_pages_fit_and_break_no_policy(org, chromium_path, scheme, width):
    shop = Shop(org)
    order, _item = shop.activated()
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        for path in ("/", "/o/Order/", f"/r/{order}/", "/soql/", "/log/", "/health/"):
            page.goto(org.url + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        browser.close()

    assert complaints == []
