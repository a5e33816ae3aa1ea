"""The page of events: newest first, by channel, and new ones by themselves."""

import json
import re
from html import unescape

import pytest

from crm_sync.localorg.pages import POLICY
from tests.crm_sync.localorg.test_change_events import ACCOUNTS, select
from tests.crm_sync.localorg.test_streaming import CHANNEL, publish
from tests.crm_sync.localorg.visitors import Visitor


@pytest.fixture
def visitor(org):
    return Visitor(org)


def keys(text):
    """The keys of the events on a page, in their order."""
    payloads = [
        json.loads(unescape(each)) for each in re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
    ]
    return [each.get("Event_Key__c") for each in payloads]


def replays(text):
    return [int(each) for each in re.findall(r'data-replay="(\d+)"', text)]


def news(visitor, after, **params):
    return visitor.get("/events/", after=after, part="rows", **params)


@pytest.mark.req("ORG-10")
def test_events_are_shown_newest_first_with_their_payload(org, visitor):
    for key in ("k1", "k2", "k3"):
        publish(org, key)

    page = visitor.get("/events/").text

    assert keys(page) == ["k3", "k2", "k1"]
    assert replays(page) == [3, 2, 1]
    assert page.count(CHANNEL) == 4  # three rows and the choice of channels
    assert page.count("<details>") == 3


@pytest.mark.req("ORG-10")
def test_one_channel_is_looked_at_alone_and_a_gathering_one_shows_all_it_carries(org, visitor):
    select(org, "AccountChangeEvent", "ContactChangeEvent")
    publish(org, "k1")
    account = org.create("Account", Name="Acme")
    org.create("Contact", LastName="Bell")

    events, accounts, changes = (
        visitor.get("/events/", channel=name).text
        for name in (CHANNEL, ACCOUNTS, "/data/ChangeEvents")
    )

    assert keys(events) == ["k1"]
    assert (len(replays(accounts)), len(replays(changes))) == (1, 2)
    assert f'href="/r/{account}/"' in accounts
    assert ">CREATE<" in accounts
    options = re.findall(r"<option[^>]*>([^<]+)</option>", accounts)
    assert options == [
        "All channels",
        "/data/ChangeEvents",
        ACCOUNTS,
        "/data/ContactChangeEvent",
        CHANNEL,
    ]


@pytest.mark.req("ORG-10")
def test_only_what_came_after_the_last_seen_event_is_sent_again(org, visitor):
    publish(org, "k1")
    seen = int(re.search(r'data-last="(\d+)"', visitor.get("/events/").text).group(1))
    nothing = news(visitor, seen)
    publish(org, "k2")
    publish(org, "k3")

    rows = news(visitor, seen)

    assert (nothing.status_code, nothing.text.strip()) == (200, "")
    assert keys(rows.text) == ["k3", "k2"]
    assert "<html" not in rows.text
    assert news(visitor, seen, channel="/data/ChangeEvents").text.strip() == ""


@pytest.mark.req("ORG-10", "ORG-11")
def test_after_a_reset_a_page_is_told_to_begin_afresh(org, visitor):
    publish(org, "k1")
    org.reset()

    answer = news(visitor, 1)

    assert (answer.status_code, answer.content) == (205, b"")
    assert news(visitor, 0).status_code == 200


@pytest.mark.req("ORG-10")
def test_older_events_are_reached_page_by_page(org, visitor):
    many = [
        {"attributes": {"type": "Large_Order__e"}, "Event_Key__c": f"k{number}"}
        for number in range(1, 151)
    ]
    assert org.call("POST", "composite/sobjects", json={"records": many}).status_code == 200

    first = visitor.get("/events/").text
    older = re.search(r"before=(\d+)", first).group(1)
    second = visitor.get("/events/", before=older).text

    assert keys(first) == [f"k{number}" for number in range(150, 50, -1)]
    assert keys(second) == [f"k{number}" for number in range(50, 0, -1)]
    assert "before=" not in second
    assert "<script" not in second


@pytest.mark.req("ORG-10")
def test_the_one_script_comes_from_the_org_and_no_other_page_allows_any(org, visitor):
    live, home = visitor.get("/events/"), visitor.get("/")
    script = visitor.get("/static/events.js")

    policy = f"{POLICY}; script-src 'self'; connect-src 'self'"
    assert live.headers["Content-Security-Policy"] == policy
    assert re.findall(r"<script[^>]*>", live.text) == ['<script src="/static/events.js" defer>']
    assert home.headers["Content-Security-Policy"] == POLICY
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert 'href="/events/"' in home.text


def test_hostile_payloads_are_shown_as_text(org, visitor):
    publish(org, "</pre><script>alert(1)</script>")

    page, rows = visitor.get("/events/").text, news(visitor, 0).text

    assert "<script>" not in page + rows
    assert keys(page) == keys(rows) == ["</pre><script>alert(1)</script>"]


def test_without_events_the_page_says_so_and_an_unknown_channel_is_not_found(org, visitor):
    empty = visitor.get("/events/")
    unknown = visitor.get("/events/", channel="/event/Nope__e")
    quiet = visitor.get("/events/", channel=CHANNEL)

    assert (empty.status_code, "No events yet" in empty.text) == (200, True)
    assert (unknown.status_code, "No such channel" in unknown.text) == (404, True)
    assert (quiet.status_code, "No events on this channel" in quiet.text) == (200, True)
    for text in ("-1", "x", "9" * 30, "²"):
        assert visitor.get("/events/", before=text).status_code == 200
        assert news(visitor, text).status_code == 200


@pytest.mark.browser
@pytest.mark.req("ORG-10")
def test_new_events_appear_by_themselves_until_they_are_stopped(org, chromium):
    complaints = []
    page = chromium.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{org.url}/events/")
    publish(org, "live-1")

    page.locator("#tail li").first.wait_for()
    page.locator("#stop").click()
    publish(org, "live-2")
    page.wait_for_timeout(2600)
    stopped = page.locator("#tail li").count()
    page.locator("#stop").click()
    page.locator("#tail li").nth(1).wait_for()

    assert stopped == 1
    assert keys(page.content()) == ["live-2", "live-1"]
    assert page.locator("#news").text_content() == "Live. New since the page was opened: 2"
    assert not page.locator(".empty").is_visible()
    page.close()
    assert complaints == []


@pytest.mark.req("ORG-10")
def test_what_a_push_topic_tells_is_shown_under_its_name_and_leads_to_the_record(org, visitor):
    query = "SELECT Id, Name FROM Account"
    org.create("PushTopic", Name="Big", Query=query, ApiVersion=67.0)
    made = org.create("Account", Name="Acme")

    page = visitor.get("/events/", channel="/topic/Big").text

    assert replays(page) == [1]
    assert page.count("/topic/Big") >= 2
    assert "created" in page
    assert f"/r/{made}/" in page
