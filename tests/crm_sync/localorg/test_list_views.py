"""Lists that people narrow, sort and lay out; the address remembers all of it."""

import html
import re
from urllib.parse import urlencode

import pytest
import requests

from crm_sync.localorg.face import filters, lists
from crm_sync.localorg.org import Org, Settings


def shown(org, name, *pairs, status=200):
    answer = requests.get(f"{org.url}/o/{name}/?{urlencode(pairs)}", timeout=10)
    assert answer.status_code == status, answer.text
    return answer.text


def titles(page):
    found = re.findall(r'<th scope="row"><a href="/r/\w+/">([^<]*)</a>', page)
    return [html.unescape(each) for each in found]


def heads(page):
    row = re.search(r"<thead>.*?</thead>", page, re.DOTALL).group()
    return [re.sub(r"<[^>]+>|[↑↓]", "", each).strip() for each in re.findall(r"<th.*?</th>", row)]


@pytest.fixture
def accounts(org):
    for name, staff, kind, city in (
        ("Alpha 100%", 5, "Banking", "Pune"),
        ("Beta", 50, "Banking", None),
        ("Gamma's", 500, "Energy", "Goa"),
    ):
        values = {"NumberOfEmployees": staff, "Industry": kind, "BillingCity": city}
        org.create("Account", Name=name, **values)
    return org


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["Industry:eq:Banking"], {"Alpha 100%", "Beta"}),
        (["Industry:ne:Banking"], {"Gamma's"}),
        (["Name:contains:0%"], {"Alpha 100%"}),
        (["Name:contains:%"], {"Alpha 100%"}),
        (["Name:contains:_"], set()),
        (["Name:starts:gamma's"], {"Gamma's"}),
        (["NumberOfEmployees:gt:5"], {"Beta", "Gamma's"}),
        (["NumberOfEmployees:lt:50"], {"Alpha 100%"}),
        (["BillingCity:empty:"], {"Beta"}),
        (["BillingCity:filled:"], {"Alpha 100%", "Gamma's"}),
        (["Industry:eq:Banking", "NumberOfEmployees:gt:5"], {"Beta"}),
        (["CreatedDate:gt:2020-01-01", "Name:starts:b"], {"Beta"}),
        (["CreatedDate:lt:2020-01-01"], set()),
        (["OwnerId:contains:integration"], {"Alpha 100%", "Beta", "Gamma's"}),
        (["IsDeleted:eq:false", "Name:eq:Beta"], {"Beta"}),
    ],
)
def test_filters_narrow_a_list(accounts, filters, found):
    page = shown(accounts, "Account", *(("f", each) for each in filters))

    assert set(titles(page)) == found
    assert f'<span class="count">{len(found)}</span>' in page
    assert page.count('class="chip"') == len(filters)


@pytest.mark.req("ORG-10")
def test_a_chip_removes_its_own_filter_alone(accounts):
    state = [("c", "Industry"), ("sort", "Name")]
    page = shown(
        accounts, "Account", ("f", "Industry:eq:Banking"), ("f", "NumberOfEmployees:gt:5"), *state
    )

    links = [html.unescape(each) for each in re.findall(r'class="chip" href="([^"]+)"', page)]
    left = requests.get(f"{accounts.url}/o/Account/{links[1]}", timeout=10).text

    assert "Industry is Banking" in left
    assert "greater than" not in left.split('class="chips"')[1]
    assert titles(left) == ["Alpha 100%", "Beta"]
    assert heads(left) == ["Name", "Industry"]


@pytest.mark.req("ORG-10")
def test_a_filter_is_put_together_with_the_input_of_its_field(accounts):
    picklist = shown(accounts, "Account", ("add", "Industry"), ("c", "Industry"))
    number = shown(accounts, "Account", ("add", "NumberOfEmployees"))
    day = shown(accounts, "Account", ("add", "CreatedDate"))
    asked = [("add", "Industry"), ("op", "eq"), ("value", "Energy"), ("c", "Industry")]

    done = requests.get(f"{accounts.url}/o/Account/?{urlencode(asked)}", timeout=10)

    assert "<option>Energy</option>" in picklist
    assert '<input type="hidden" name="c" value="Industry">' in picklist
    assert 'inputmode="decimal"' in number
    assert 'type="date"' in day
    assert done.url.endswith("/o/Account/?c=Industry&f=Industry%3Aeq%3AEnergy")
    assert titles(done.text) == ["Gamma's"]


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nope:eq:1", "Nope: Account has no such field."),
        ("Industry:like:x", "Industry: “like” is no condition for this field."),
        ("NumberOfEmployees:gt:many", "Employees: “many” is not a number."),
        ("CreatedDate:gt:soon", "Created Date: “soon” is not a date like 2026-11-21."),
        ("CreatedDate:ne:9999-12-31", "Created Date: “9999-12-31” is not a date"),
        ("OwnerId:eq:1", "Owner ID: “1” is not the id of a record."),
        ("Name:eq:", "Name: a value is missing."),
        ("Description:contains:x", "Description: lists cannot be filtered by this field."),
        ("IsDeleted:eq:' OR Name != '", "is neither true nor false."),
        (":::", "Filter: Account has no such field."),
    ],
)
def test_a_bad_filter_is_named_in_plain_words(accounts, text, words):
    page = shown(accounts, "Account", ("f", text), status=400)

    assert words in html.unescape(page)
    assert titles(page) == []
    assert "Not shown" in page


@pytest.mark.parametrize(
    "pairs",
    [
        [("add", "Nope")],
        [("add", "NumberOfEmployees"), ("op", "gt"), ("value", "many")],
        [("sort", "Nope")],
        [("sort", "Description")],
        [("c", "Nope")],
        [("f", f"Name:eq:{number}") for number in range(11)],
    ],
)
def test_a_bad_wish_is_refused_on_the_page(accounts, pairs):
    assert 'role="alert"' in shown(accounts, "Account", *pairs, status=400)


@pytest.mark.parametrize("value", ["' OR Name != '", "\\", "\\'", "a\x00b", "%_\\", "\n", "’☃"])
def test_a_value_stays_a_value(accounts, value):
    for operator in ("eq", "contains", "starts"):
        page = shown(accounts, "Account", ("f", f"Name:{operator}:x{value}x"))
        assert titles(page) == []


@pytest.mark.req("ORG-10")
def test_columns_are_chosen_and_stay_while_sorting_and_searching(accounts):
    page = shown(accounts, "Account", ("c", "Industry"), ("c", "NumberOfEmployees"))
    by_staff = re.search(r'<a href="(\?[^"]+)">Employees', page).group(1)
    up = requests.get(f"{accounts.url}/o/Account/{html.unescape(by_staff)}", timeout=10).text
    back = re.search(r'<a href="(\?[^"]+)">Employees', up).group(1)
    down = requests.get(f"{accounts.url}/o/Account/{html.unescape(back)}", timeout=10).text

    assert heads(page) == heads(down) == ["Name", "Industry", "Employees"]
    assert titles(up) == ["Alpha 100%", "Beta", "Gamma's"]
    assert 'aria-sort="ascending"' in up
    assert titles(down) == ["Gamma's", "Beta", "Alpha 100%"]
    assert 'aria-sort="descending"' in down
    assert '<input type="hidden" name="sort" value="-NumberOfEmployees">' in down


@pytest.mark.req("ORG-10")
def test_pages_keep_filters_and_reach_every_record(org):
    records = [
        {"attributes": {"type": "Account"}, "Name": f"Account {number:02}"} for number in range(52)
    ]
    org.call("POST", "composite/sobjects", json={"records": records})

    first = shown(org, "Account", ("f", "Name:starts:Account"), ("sort", "Name"))
    link = html.unescape(re.search(r'<a href="([^"]+)">Next', first).group(1))
    second = requests.get(f"{org.url}/o/Account/{link}", timeout=10).text

    assert "Page 1 of 2" in first
    assert len(titles(first)) == 50
    assert titles(second) == ["Account 50", "Account 51"]
    assert titles(shown(org, "Account", ("page", "²"), ("sort", "Name")))[0] == "Account 00"


def test_empty_lists_say_why(accounts):
    assert "No record fits these filters" in shown(accounts, "Account", ("f", "Name:eq:None"))
    assert "No name contains “zeta”" in shown(accounts, "Account", ("q", "zeta"))
    assert "This object has no records" in shown(accounts, "Contact")


VALUES = {
    "boolean": "true",
    **dict.fromkeys(("int", "currency", "double", "percent"), "5"),
    **dict.fromkeys(("date", "datetime"), "2026-11-21"),
    **dict.fromkeys(("reference", "id"), "001000000000001"),
}


@pytest.mark.req("ORG-10")
def test_whatever_a_list_offers_works(tmp_path):
    org = Org(Settings(folder=tmp_path))
    refused = []
    for owner in (
        org.schema.require(name) for name in ("Account", "Case", "Lead", "Order", "User")
    ):
        wishes = []
        for one in owner.fields.values():
            if filters.can_sort(one):
                wishes += [lists.Wish(sort=one.name), lists.Wish(sort=f"-{one.name}")]
            if filters.can_filter(one):
                value = VALUES.get(one.type, "x")
                offered = filters.operators(org.schema, one)
                wishes += [lists.Wish(filters=(f"{one.name}:{each}:{value}",)) for each in offered]
        refused += [each for each in wishes if lists.listing(org, owner, each).problems]
    org.close()

    assert refused == []
