"""The statements that were run on the SOQL page are at hand again."""

import re
from html import unescape

import pytest

from crm_sync.localorg.face import history
from crm_sync.localorg.org import Org, Settings
from tests.crm_sync.localorg.visitors import Visitor


@pytest.fixture
def visitor(org):
    return Visitor(org)


def ran(text):
    part = text.partition("Run before")[2]
    return [unescape(each) for each in re.findall(r"<a [^>]*><code>(.*?)</code>", part, re.DOTALL)]


def run(visitor, statement):
    return visitor.get("/soql/", q=statement).text


@pytest.mark.req("ORG-10")
def test_statements_are_kept_once_the_last_first_and_lead_to_themselves(visitor):
    first, second = "SELECT Id FROM Account", "SELECT Name FROM Contact WHERE Name > 'a&b'"
    for statement in (first, second, first, f"  {second}\r\n"):
        page = run(visitor, statement)

    assert ran(page) == [second, first]
    link = unescape(re.search(r'<a href="(\?q=[^"]+)"><code>SELECT Name', page).group(1))
    again = visitor.get(f"/soql/{link}").text
    assert f">{second}<" in unescape(again)
    assert "0 found" in again


@pytest.mark.req("ORG-10")
def test_twenty_statements_are_kept(visitor):
    for number in range(1, 23):
        run(visitor, f"SELECT Id FROM Account LIMIT {number}")

    kept = ran(visitor.get("/soql/").text)

    assert kept == [f"SELECT Id FROM Account LIMIT {number}" for number in range(22, 2, -1)]


@pytest.mark.req("ORG-10")
def test_what_the_org_did_not_understand_and_what_clients_ask_is_not_kept(org, visitor):
    for statement in ("SELECT", "SELECT Id FROM", "SELECT Nope FROM Account", ""):
        page = run(visitor, statement)
    org.query("SELECT Id FROM Lead")

    assert ran(page) == []
    assert "The last twenty statements" in visitor.get("/soql/").text


@pytest.mark.req("ORG-10")
def test_a_statement_is_shown_as_text(visitor):
    statement = "SELECT Id FROM Account WHERE Name = '<script>alert(1)</script>'"

    page = run(visitor, statement)

    assert "<script" not in page
    assert ran(page) == [statement]


@pytest.mark.req("ORG-10", "ORG-11")
def test_statements_outlive_a_restart_and_go_with_a_reset(tmp_path):
    org = Org(Settings(folder=tmp_path))
    history.remember(org.store, "SELECT Id FROM Account")
    org.close()

    org = Org(Settings(folder=tmp_path))
    kept = [each.soql for each in history.recent(org.store)]
    org.reset()
    gone = history.recent(org.store)
    org.close()

    assert kept == ["SELECT Id FROM Account"]
    assert gone == []
