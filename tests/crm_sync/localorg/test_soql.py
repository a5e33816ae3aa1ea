"""Statements: what they find, and how a wrong one is refused."""

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.soql.escape import format_soql
from crm_sync.localorg.soql.parser import parse
from tests.crm_sync.localorg.conftest import code_of

PEOPLE = [
    {"LastName": "Asha", "Email": "asha@example.com", "City": "Pune"},
    {"LastName": "bela", "City": "Delhi"},
    {"LastName": "Chitra_1", "Email": "c@example.com"},
    {"LastName": "O'Neil", "City": "Pune"},
]


@pytest.fixture
def leads(org):
    records = [{"attributes": {"type": "Lead"}, "Company": "C", **each} for each in PEOPLE]
    org.call("POST", "composite/sobjects", json={"records": records})
    return org


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("LastName = 'ASHA'", ["Asha"]),
        ("LastName != 'Asha'", ["bela", "Chitra_1", "O'Neil"]),
        ("LastName LIKE 'CH%'", ["Chitra_1"]),
        (r"LastName LIKE '%\_1'", ["Chitra_1"]),
        (r"LastName = 'O\'Neil'", ["O'Neil"]),
        ("City IN ('Pune', 'Delhi')", ["Asha", "bela", "O'Neil"]),
        ("City NOT IN ('Pune')", ["bela", "Chitra_1"]),
        ("City = null", ["Chitra_1"]),
        ("City != null AND Email = null", ["bela", "O'Neil"]),
        ("(City = 'Delhi' OR City = null) AND LastName > 'c'", ["Chitra_1"]),
        ("NOT City = 'Pune'", ["bela"]),
        ("CreatedDate = TODAY AND IsConverted = false", ["Asha", "bela", "Chitra_1", "O'Neil"]),
        ("CreatedDate = LAST_N_DAYS:3 AND CreatedDate > 2020-01-01T00:00:00Z AND City = 'Delhi'",
         ["bela"]),
        ("CreatedDate < YESTERDAY", []),
        ("Owner.Username LIKE 'integration%' AND City = 'Delhi'", ["bela"]),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_a_condition_finds_what_it_says(leads, where, names):
    found = leads.query(f"SELECT LastName FROM Lead WHERE {where} ORDER BY LastName")

    assert [row["LastName"] for row in found] == names


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("SELECT Nope FROM Lead", "INVALID_FIELD", "Row:1:Column:8"),
        ("SELECT Id\nFROM Nope", "INVALID_TYPE", "Row:2:Column:6"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY", "Row:1:Column:26"),
        ("SELECT Id FROM Lead WHERE City = 'x", "MALFORMED_QUERY", "Row:1:Column:34"),
        ("SELECT Id FROM Lead WHERE City = 'a' AND City = 'b' OR City = 'c'",
         "MALFORMED_QUERY", "Row:1:Column:53"),
        ("SELECT Id FROM Lead WHERE CreatedDate = '2020-01-01'", "INVALID_FIELD", "Column:41"),
        ("SELECT Id FROM Lead WHERE City = 3", "INVALID_FIELD", "Column:34"),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD", "Column:27"),
        ("SELECT City, COUNT(Id) FROM Lead", "MALFORMED_QUERY", "Column:8"),
        ("SELECT Id FROM Lead OFFSET 3000", "NUMBER_OUTSIDE_VALID_RANGE", "Column:28"),
        ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", "Column:8"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_a_wrong_statement_is_refused_with_its_place(org, text, code, place):
    answer = org.call("GET", "query", params={"q": text})

    assert (answer.status_code, code_of(answer)) == (400, code)
    assert place in answer.json()[0]["message"]


@pytest.mark.req("ORG-03")
def test_children_parents_and_sums(shop):
    order = shop.order()
    for quantity in (1, 2, 3):
        shop.item(order, quantity=quantity)

    found = shop.org.query(
        "SELECT Account.Owner.Name, (SELECT Quantity, PricebookEntry.Product2.Name FROM OrderItems "
        "WHERE Quantity > 1 ORDER BY Quantity DESC LIMIT 1) FROM Order o WHERE o.Status = 'Draft'"
    )[0]
    sums = shop.org.query(
        "SELECT Order.Status, COUNT(Id) n, SUM(Quantity), MAX(UnitPrice) top FROM OrderItem "
        "GROUP BY Order.Status HAVING SUM(Quantity) > 5"
    )

    assert found["Account"]["Owner"]["Name"] == "Integration User"
    assert found["OrderItems"]["totalSize"] == 1
    child = found["OrderItems"]["records"][0]
    assert child["Quantity"] == 3.0
    assert child["PricebookEntry"]["Product2"]["Name"] == "Lamp"
    assert sums == [{"Status": "Draft", "n": 3, "expr0": 6.0, "top": 10.5}]


@pytest.mark.req("ORG-03")
def test_semi_joins_see_other_objects(shop):
    shop.create("Account", Name="Lonely")
    shop.create("Contact", LastName="C", AccountId=shop.account)

    inside = "SELECT Name FROM Account WHERE Id {} (SELECT AccountId FROM Contact)"

    assert shop.org.query(inside.format("IN")) == [{"Name": "Acme"}]
    assert shop.org.query(inside.format("NOT IN")) == [{"Name": "Lonely"}]


@pytest.mark.req("ORG-03")
def test_a_long_result_comes_in_pages_that_do_not_shift(org):
    for start in range(0, 600, 200):
        records = [
            {"attributes": {"type": "Account"}, "Name": f"A{number:04}"}
            for number in range(start, start + 200)
        ]
        org.call("POST", "composite/sobjects", json={"records": records})
    headers = {**org.bearer(), "Sforce-Query-Options": "batchSize=250"}

    first = requests.get(
        f"{org.url}/services/data/v67.0/query",
        params={"q": "SELECT Name FROM Account ORDER BY Name"},
        headers=headers,
        timeout=10,
    ).json()
    org.call("POST", "sobjects/Account", json={"Name": "A0000a"})
    names = [row["Name"] for row in first["records"]]
    page = first
    while not page["done"]:
        page = requests.get(
            org.url + page["nextRecordsUrl"], headers=org.bearer(), timeout=10
        ).json()
        names += [row["Name"] for row in page["records"]]

    assert first["totalSize"] == 600
    assert len(first["records"]) == 250
    assert names == [f"A{number:04}" for number in range(600)]


def test_a_foreign_locator_is_refused(org):
    answer = org.call("GET", "query/0r8000000000000AAA-2000")

    assert code_of(answer) == "INVALID_QUERY_LOCATOR"


WORDS = st.sampled_from(
    ["SELECT", "FROM", "WHERE", "Id", "Account", "(", ")", ",", "=", "'x'", "AND", "OR", "NOT",
     "IN", "LIKE", "COUNT", "GROUP", "BY", "ORDER", "LIMIT", "5", "TODAY", "LAST_N_DAYS:3", "null",
     "2020-01-01", "'", "\\", "a.b.c", "TYPEOF", "HAVING", "é", "\x00"]
)  # fmt: skip


def code_for(text):
    """The code with which a text is refused, or nothing."""
    try:
        parse(text)
    except SalesforceError as error:
        return error.code
    return None


@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=80))
@settings(max_examples=300)
@pytest.mark.req("ORG-03")
def test_the_parser_understands_or_refuses_but_never_breaks(text):
    known = {None, "MALFORMED_QUERY", "QUERY_TOO_COMPLICATED", "NUMBER_OUTSIDE_VALID_RANGE"}

    assert code_for(text) in known


@given(st.text(max_size=60))
@settings(max_examples=200)
@pytest.mark.req("ORG-03")
def test_every_text_survives_as_a_literal(text):
    query = parse(f"SELECT Id FROM Account WHERE Name = {format_soql(text)}")

    assert query.where.values[0].content == text


def test_a_hundred_thousand_parentheses_are_refused():
    with pytest.raises(SalesforceError, match=r"MALFORMED_QUERY|QUERY_TOO"):
        parse("SELECT Id FROM Account WHERE " + "(" * 90_000)
