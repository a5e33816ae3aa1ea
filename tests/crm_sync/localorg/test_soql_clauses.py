"""Section by section through the query language: what clients write, and what is refused."""

from urllib.parse import quote

import pytest

from tests.crm_sync.localorg.conftest import code_of


def ask(org, soql):
    return org.call("GET", "query", params={"q": soql})


def ids(org, where):
    return {row["Name"] for row in org.query(f"SELECT Name FROM Account WHERE {where}")}


@pytest.fixture
def people(org):
    for name, industry, kind, revenue in (
        ("Acme", "Energy", "Prospect", 100),
        ("Bolt", "Energy", "Other", 50),
        ("Cube", "Banking", "Prospect", 10),
    ):
        org.create("Account", Name=name, Industry=industry, Type=kind, AnnualRevenue=revenue)
    return org


@pytest.mark.req("ORG-03")
def test_rollup_adds_subtotals_and_a_grand_total(people):
    rows = people.query(
        "SELECT Industry, Type, COUNT(Id) n, SUM(AnnualRevenue) s, GROUPING(Industry) gi, "
        "GROUPING(Type) gt FROM Account GROUP BY ROLLUP(Industry, Type)"
    )

    assert [tuple(row.values()) for row in rows] == [
        ("Banking", "Prospect", 1, 10.0, 0, 0),
        ("Banking", None, 1, 10.0, 0, 1),
        ("Energy", "Other", 1, 50.0, 0, 0),
        ("Energy", "Prospect", 1, 100.0, 0, 0),
        ("Energy", None, 2, 150.0, 0, 1),
        (None, None, 3, 160.0, 1, 1),
    ]


@pytest.mark.req("ORG-03")
def test_cube_sums_up_every_combination(people):
    rows = people.query(
        "SELECT Industry, Type, COUNT(Id) n FROM Account WHERE AnnualRevenue > 20 "
        "GROUP BY CUBE(Industry, Type) HAVING COUNT(Id) > 0 "
        "ORDER BY GROUPING(Industry), GROUPING(Type), Type DESC"
    )

    assert [tuple(row.values()) for row in rows] == [
        ("Energy", "Prospect", 1),
        ("Energy", "Other", 1),
        ("Energy", None, 2),
        (None, "Prospect", 1),
        (None, "Other", 1),
        (None, None, 2),
    ]
    assert people.query("SELECT Type, COUNT(Id) FROM Account WHERE Name = 'x' "
                        "GROUP BY ROLLUP(Type)") == []  # fmt: skip


@pytest.mark.req("ORG-03")
def test_polymorphic_parents_name_their_own_address(people):
    account = people.query("SELECT Id FROM Account WHERE Name = 'Acme'")[0]["Id"]
    people.create("Task", Subject="Call", WhatId=account)

    found = ask(people, "SELECT What.Name, What.Type FROM Task WHERE What.Type = 'Account'")
    chosen = people.query("SELECT TYPEOF What WHEN Account THEN Industry ELSE Name END FROM Task")

    assert found.json()["records"][0]["What"] == {
        "attributes": {"type": "Name", "url": f"/services/data/v67.0/sobjects/Account/{account}"},
        "Name": "Acme",
        "Type": "Account",
    }
    assert chosen == [{"What": {"Industry": "Energy"}}]


@pytest.mark.parametrize(
    "tail",
    [
        "FOR UPDATE",
        "FOR VIEW",
        "FOR REFERENCE",
        "WITH SECURITY_ENFORCED",
        "WITH USER_MODE LIMIT 9",
        "UPDATE VIEWSTAT",
        "ALL ROWS",
    ],
)
@pytest.mark.req("ORG-03")
def test_clauses_that_change_nothing_here_are_understood(people, tail):
    assert len(people.query(f"SELECT Id FROM Account {tail}")) == 3
    assert len(people.query("SELECT Id FROM Account USING SCOPE everything")) == 3


@pytest.mark.parametrize(
    ("soql", "column", "words"),
    [
        ("SELECT Id FROM Account FOR NONSENSE", 28, "unexpected token: 'NONSENSE'"),
        ("SELECT Id FROM Account WITH NONSENSE", 29, "unexpected token: 'NONSENSE'"),
        ("SELECT Id FROM Account USING SCOPE no", 36, "unexpected token: 'no'"),
        ("SELECT FROM Account", 8, "unexpected token: 'FROM'"),
        ("SELECT group FROM Account", 8, "unexpected token: 'group'"),
        ("SELECT Name n FROM Account", 8, "only aggregate expressions use field aliasing"),
        ("SELECT Id FROM Account LIMIT x", 30, "unexpected token: 'x'"),
        (
            "SELECT Id FROM Account WHERE Name = 'a\\q'",
            37,
            "Invalid string literal 'a\\q'. Illegal character sequence '\\q' in string literal.",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
            56,
            "unexpected token: 'OR'",
        ),
    ],
)
@pytest.mark.req("ORG-03")
def test_what_is_malformed_is_shown_by_row_and_column(org, soql, column, words):
    answer = ask(org, soql)

    assert (answer.status_code, code_of(answer)) == (400, "MALFORMED_QUERY")
    message = answer.json()[0]["message"]
    assert f"ERROR at Row:1:Column:{column}\n" in message
    assert message.endswith(words)


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id, Name, id FROM Account", "INVALID_FIELD"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY"),
        ("SELECT FIELDS(CUSTOM) FROM Account LIMIT 201", "MALFORMED_QUERY"),
        ("SELECT CurrencyIsoCode FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Industry INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR"),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN "
            "(SELECT ContactId FROM Case))",
            "MALFORMED_QUERY",
        ),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id FROM Account GROUP BY ROLLUP(Id, Name, Type, Site)", "MALFORMED_QUERY"),
    ],
)
@pytest.mark.req("ORG-03")
def test_what_the_platform_refuses_is_refused_with_its_code(org, soql, code):
    answer = ask(org, soql)

    assert (answer.status_code, code_of(answer)) == (400, code)


@pytest.mark.parametrize(
    "words",
    [
        "= THIS_FISCAL_QUARTER",
        "= THIS_FISCAL_YEAR",
        ">= LAST_N_FISCAL_YEARS:2",
        "< NEXT_N_FISCAL_QUARTERS:1",
        "= LAST_N_DAYS:0",
        "= TODAY",
    ],
)
@pytest.mark.req("ORG-03")
def test_date_words_hold_for_what_was_just_made(people, words):
    assert len(people.query(f"SELECT Id FROM Account WHERE CreatedDate {words}")) == 3


@pytest.mark.req("ORG-03")
def test_fiscal_words_leave_out_what_is_of_another_time(people):
    for words in ("N_FISCAL_YEARS_AGO:1", "NEXT_FISCAL_YEAR", "LAST_FISCAL_QUARTER"):
        assert people.query(f"SELECT Id FROM Account WHERE CreatedDate = {words}") == []


@pytest.mark.req("ORG-03")
def test_a_query_may_have_100000_characters(org):
    names = "', '".join(f"n{number:05}" for number in range(9900))
    text = f"SELECT Id FROM Account WHERE Name IN ('{names}')"

    def asked(soql):
        request = {"method": "GET", "url": f"/services/data/v67.0/query?q={quote(soql)}"}
        body = {"compositeRequest": [{**request, "referenceId": "a"}]}
        return org.call("POST", "composite", json=body).json()["compositeResponse"][0]

    assert len(text) < 100_000 < len(text) + 2000
    assert asked(text)["httpStatusCode"] == 200
    refused = asked(text + " " * 2000)
    assert refused["httpStatusCode"] == 400
    assert refused["body"][0]["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.req("ORG-03")
def test_semi_and_anti_joins_find_who_has_and_who_has_not(people):
    account = people.query("SELECT Id FROM Account WHERE Name = 'Acme'")[0]["Id"]
    people.create("Contact", LastName="Rao", AccountId=account)

    assert ids(people, "Id IN (SELECT AccountId FROM Contact)") == {"Acme"}
    assert ids(people, "Id NOT IN (SELECT AccountId FROM Contact)") == {"Bolt", "Cube"}


@pytest.mark.req("ORG-03")
def test_escapes_and_wildcards_mean_what_they_say(org):
    for name in ('O\'Brien "x"', "50% off", "a_b", "axb"):
        org.create("Account", Name=name)

    assert ids(org, "Name = 'O\\'Brien \\\"x\\\"'") == {'O\'Brien "x"'}
    assert ids(org, "Name LIKE '%\\%%'") == {"50% off"}
    assert ids(org, "Name LIKE 'a_b'") == {"a_b", "axb"}
    assert ids(org, "Name LIKE 'a\\_b'") == {"a_b"}


@pytest.mark.req("ORG-03")
def test_currency_is_left_alone_in_an_org_with_one_currency(people):
    rows = people.query("SELECT convertCurrency(AnnualRevenue) FROM Account WHERE Name = 'Acme'")

    assert rows == [{"AnnualRevenue": 100.0}]
