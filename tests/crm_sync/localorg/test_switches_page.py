"""Limits, faults, snapshots and reset by hand: the switches of the JSON calls, as forms."""

import re

import pytest
import requests

from crm_sync.localorg.faults import KINDS
from tests.crm_sync.localorg.visitors import Visitor

PAGE = "/health/"
DAILY = "DailyApiRequests"


@pytest.fixture
def visitor(org):
    return Visitor(org)


def switch(visitor, which, **values):
    return visitor.post(f"{PAGE}{which}/", page=PAGE, **values)


def in_force(org):
    return [each["kind"] for each in org.switch("GET", "faults")]


def write(org, name="A"):
    return org.call("POST", "sobjects/Account", json={"Name": name})


def numbers(text):
    return re.findall(r'name="number" value="(\d+)"', text)


@pytest.mark.req("ORG-09", "ORG-10")
def test_a_fault_is_switched_on_with_all_it_can_say(org, visitor):
    facts = {"rate": "0.5", "nth": "3", "count": "2", "seconds": "1.5", "seed": "7"}
    where = {"object": "Account", "method": "POST"}

    answer = switch(visitor, "faults", kind="slow", **facts, **where)

    wanted = {"rate": 0.5, "nth": 3, "count": 2, "seconds": 1.5, "seed": 7, **where}
    assert answer.url == f"{org.url}{PAGE}?done=fault"
    assert "The fault is switched on." in answer.text
    assert "faults are switched on" in answer.text
    assert org.switch("GET", "faults") == [{"kind": "slow", **wanted, "seen": 0, "hits": 0}]


@pytest.mark.req("ORG-09", "ORG-10")
def test_a_fault_from_the_page_strikes(org, visitor):
    switch(visitor, "faults", kind="unavailable", object="Account", method="POST", count="1")

    assert [write(org).status_code for _ in range(2)] == [503, 201]
    row = re.search(
        r"<th scope=\"row\">unavailable</th>(.*?)</tr>", visitor.get(PAGE).text, re.DOTALL
    )
    assert re.findall(r'class="number">(\d+)<', row.group(1)) == ["2", "1"]


@pytest.mark.req("ORG-10")
def test_all_kinds_are_offered(visitor):
    choice = re.search(r'name="kind">(.*?)</select>', visitor.get(PAGE).text).group(1)

    assert re.findall(r"<option[^>]*>(\w+)<", choice) == sorted(KINDS)


@pytest.mark.req("ORG-10")
def test_every_bad_field_of_a_fault_has_its_own_message(org, visitor):
    bad = {"rate": "often", "nth": "-1", "count": "1e9", "seconds": "nan", "seed": "9" * 20}

    answer = switch(visitor, "faults", kind="slow", **bad, object="Account")

    assert answer.status_code == 422
    for key, text in bad.items():
        problem = re.search(rf'id="p-{key}">([^<]+)<', answer.text).group(1)
        assert problem == f"{key} must be a number that is not negative"
        assert f'name="{key}"' in answer.text
        assert f'value="{text}"' in answer.text
    assert 'name="object" value="Account"' in answer.text
    assert switch(visitor, "faults", kind="magic").status_code == 422
    assert in_force(org) == []


@pytest.mark.req("ORG-10")
def test_one_fault_is_switched_off_and_then_all(org, visitor):
    for kind in ("slow", "quota", "lock_row"):
        page = switch(visitor, "faults", kind=kind, nth="1000").text

    second = numbers(page)[1]
    switch(visitor, "faults/off", number=second)
    left = in_force(org)
    again = switch(visitor, "faults/off", number=second)
    nonsense = switch(visitor, "faults/off", number="x")
    kept = in_force(org)
    switch(visitor, "faults/off", number="all")

    assert left == kept == ["slow", "lock_row"]
    assert (again.status_code, nonsense.status_code) == (422, 422)
    assert "not switched on any more" in again.text
    assert in_force(org) == []


@pytest.mark.req("ORG-07", "ORG-10")
def test_a_limit_is_set_and_holds(org, visitor):
    org.bearer()

    shown = switch(visitor, "limits", limit=DAILY, most="2").text

    assert "0 of 2" in shown
    assert [write(org).status_code for _ in range(3)] == [201, 201, 403]
    assert "2 of 2" in visitor.get(PAGE).text


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize(
    ("limit", "most", "place"),
    [(DAILY, "-1", "most"), (DAILY, "1.5", "most"), (DAILY, "", "most"), ("Nope", "1", "limit")],
)
def test_a_bad_limit_is_refused(org, visitor, limit, most, place):
    before = org.switch("GET", "limits")

    answer = switch(visitor, "limits", limit=limit, most=most)

    assert answer.status_code == 422
    assert f"{limit}: no such limit, or not a whole number" in answer.text
    assert ('id="l-most-problem"' in answer.text) == (place == "most")
    assert org.switch("GET", "limits") == before


@pytest.mark.req("ORG-11")
def test_a_snapshot_is_made_listed_and_restored(org, visitor):
    kept = write(org, "kept").json()["id"]
    made = switch(visitor, "snapshots", name="face-1").text
    write(org, "later")

    answer = switch(visitor, "restore", name="face-1")

    assert "<strong>face-1</strong>" in made
    assert "<strong>start</strong>" not in made
    assert {"name": "face-1"} in org.switch("GET", "snapshots")
    assert "The records of the snapshot are back." in answer.text
    assert org.query("SELECT Id FROM Account") == [{"Id": kept}]


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize("name", ["", "../x", "start", "a b", "x" * 61])
def test_a_snapshot_needs_a_proper_name(org, visitor, name):
    before = org.switch("GET", "snapshots")

    answer = switch(visitor, "snapshots", name=name)

    assert answer.status_code == 422
    assert "name: " in re.search(r'id="s-name-help">(.*?)</p>', answer.text).group(1)
    assert org.switch("GET", "snapshots") == before


@pytest.mark.req("ORG-11")
def test_what_was_not_kept_is_not_restored(org, visitor):
    write(org)

    answer = switch(visitor, "restore", name="nowhere")

    assert answer.status_code == 422
    assert "No snapshot is named nowhere" in answer.text
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("ORG-11")
def test_reset_asks_for_its_word(org, visitor):
    write(org)
    switch(visitor, "faults", kind="slow", nth="1000")

    refused = switch(visitor, "reset", word="yes")
    kept = len(org.query("SELECT Id FROM Account"))
    done = switch(visitor, "reset", word="Reset")

    assert (refused.status_code, kept) == (422, 1)
    assert "to confirm. Nothing was changed." in refused.text
    assert "The org is as in its first minute." in done.text
    assert org.query("SELECT Id FROM Account") == []
    assert in_force(org) == []


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
@pytest.mark.parametrize(
    "name", ["faults", "faults/off", "limits", "reset", "snapshots", "restore"]
)
def test_another_site_cannot_reach_the_forms(org, visitor, headers, name):
    write(org)
    org.faults({"kind": "slow", "nth": 1000})
    values = {"kind": "quota", "number": "all", "limit": DAILY, "most": "1", "word": "reset"}
    before = org.switch("GET", "limits"), org.switch("GET", "snapshots")

    answer = visitor.post(f"{PAGE}{name}/", page=PAGE, headers=headers, name="evil", **values)

    assert answer.status_code == 403
    assert len(org.query("SELECT Id FROM Account")) == 1
    assert in_force(org) == ["slow"]
    assert org.switch("GET", "snapshots") == before[1]
    assert org.switch("GET", "limits")[DAILY]["Max"] == before[0][DAILY]["Max"]


@pytest.mark.req("ORG-11")
def test_even_a_form_of_the_org_does_not_switch_under_another_name(org, visitor):
    write(org)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', visitor.get(PAGE).text).group(1)
    cookie = f"csrftoken={visitor.session.cookies['csrftoken']}"

    answer = requests.post(
        f"{org.url}{PAGE}reset/",
        data={"word": "reset", "csrfmiddlewaretoken": token},
        headers={"Host": "org.example", "Cookie": cookie},
        timeout=10,
    )

    assert answer.status_code == 403
    assert "Another name for this machine" in answer.text
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.parametrize("host", ["org.example", "[", "127.0.0.1.evil.example"])
def test_under_another_name_nothing_is_shown(org, host):
    page = requests.get(org.url + PAGE, headers={"Host": host}, timeout=10)
    call = requests.get(f"{org.url}/_local/faults", headers={"Host": host}, timeout=10)

    assert (page.status_code, call.status_code) == (403, 403)
    assert "Another name for this machine" in page.text


def test_for_another_site_the_page_is_only_to_look_at(org):
    page = requests.get(org.url + PAGE, headers={"Origin": "https://evil.example"}, timeout=10)

    assert page.status_code == 200
    assert "Only to look at." in page.text
    assert "<form" not in page.text


def test_a_forged_switch_changes_nothing(org):
    write(org)

    answer = requests.post(f"{org.url}{PAGE}reset/", data={"word": "reset"}, timeout=10)

    assert answer.status_code == 403
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("ORG-09")
@pytest.mark.parametrize("fault", [b'{"kind": "slow", "nth": 1e999}', b'{"kind": ["slow"]}'])
def test_a_fault_that_no_number_can_hold_is_refused_in_json_too(org, fault):
    answer = requests.post(f"{org.url}/_local/faults", data=fault, timeout=10)

    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALID_FAULT"


@pytest.mark.req("ORG-09")
def test_a_rate_above_one_is_refused(org):
    answer = requests.post(
        f"{org.url}/_local/faults", json=[{"kind": "unavailable", "rate": 1.5}], timeout=10
    )

    assert answer.status_code == 400
    assert answer.json()[0]["message"] == "rate must be from 0 to 1: a share of the calls"
    assert requests.get(f"{org.url}/_local/faults", timeout=10).json() == []
