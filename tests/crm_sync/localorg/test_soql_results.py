"""Random statements find what a plain evaluation of the same records finds."""

from datetime import UTC
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from tests.crm_sync.localorg.desk import Desk
from tests.crm_sync.localorg.statements import (
    CONDITIONS,
    DAYS,
    MOMENTS,
    NOW,
    NUMBERS,
    TEXTS,
    selections,
    summaries,
)

INDUSTRIES = ("Energy", "Banking", None)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Thirty accounts, every third below another, with gaps in all their fields."""
    desk, dice = Desk(tmp_path_factory.mktemp("results")), Random(7)
    rows = []
    for number in range(30):
        parent = rows[number - 3] if number % 3 == 2 else None
        row = {
            "Name": dice.choice([text for text in TEXTS if text]),
            "Site": dice.choice((*TEXTS, None)) or None,
            "Industry": dice.choice(INDUSTRIES),
            "NumberOfEmployees": dice.choice((*NUMBERS, None)),
            "AnnualRevenue": dice.choice((*NUMBERS, None)),
        }
        row["Id"] = desk.create("Account", **row, ParentId=parent["Id"] if parent else None)
        row["LastActivityDate"] = dice.choice((*DAYS, None))
        row["CreatedDate"] = dice.choice(MOMENTS).astimezone(UTC)
        for name in ("Name", "NumberOfEmployees"):
            row[f"Parent.{name}"] = parent[name] if parent else None
        day = row["LastActivityDate"]
        desk.stamp(
            "Account",
            row["Id"],
            CreatedDate=clock.to_wire(row["CreatedDate"]),
            LastActivityDate=day.isoformat() if day else None,
        )
        rows.append(row)
    yield desk, rows
    desk.org.close()


@pytest.fixture(scope="module", autouse=True)
def one_moment():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        yield


@given(asked=selections())
@settings(max_examples=250, deadline=None)
@pytest.mark.req("ORG-03")
def test_a_statement_finds_the_records_that_it_describes_in_their_order(records, asked):
    desk, rows = records

    page = desk.page(asked.text)

    assert [row["Id"] for row in page.records] == asked.holds(rows)
    assert page.total == len(page.records)


@given(asked=summaries())
@settings(max_examples=100, deadline=None)
@pytest.mark.req("ORG-03")
def test_groups_are_summed_up_as_by_hand(records, asked):
    desk, rows = records

    found = {row.pop("Industry"): list(row.values()) for row in desk.ask(asked.text)}

    expected = asked.holds(rows)
    assert found.keys() == expected.keys()
    for industry, sums in expected.items():
        assert found[industry] == pytest.approx(sums)


@given(asked=CONDITIONS)
@settings(max_examples=60, deadline=None)
@pytest.mark.req("ORG-03")
def test_a_count_agrees_with_the_records_and_pages_with_one_another(records, asked):
    desk, rows = records
    where = f"FROM Account WHERE {asked.text}"
    wanted = [row["Id"] for row in sorted(rows, key=lambda row: row["Id"]) if asked.holds(row)]

    total = desk.page(f"SELECT COUNT() {where}").total
    page = desk.page(f"SELECT Id {where} ORDER BY Id", size=4)
    found = [row["Id"] for row in page.records]
    assert page.total == total == len(wanted)
    while page.next_cursor:
        page = desk.org.reader.more(page.next_cursor)
        found += [row["Id"] for row in page.records]

    assert found == wanted


PIECES = st.sampled_from(
    ["SELECT", "FROM", "Account", "WHERE", "Name", "Id", "CreatedDate", "Parent.Name", "Contacts",
     "(", ")", ",", "=", "<", "LIKE", "IN", "NOT", "AND", "OR", "'x'", "5", "TODAY", "null", "true",
     "GROUP BY", "ORDER BY", "HAVING", "COUNT(Id)", "COUNT()", "LIMIT", "OFFSET", "TYPEOF", "What",
     "WHEN", "THEN", "END", "ROLLUP(", "DISTANCE(", "GEOLOCATION(", "'km'", "FIELDS(ALL)",
     "FORMAT(", "USING SCOPE mine", "SELECT Id FROM Account WHERE", "(SELECT Id FROM Contacts)",
     "2026-01-01", "Task", "ALL ROWS", "BillingAddress", "LAST_N_DAYS:3"]
)  # fmt: skip
KNOWN = {
    "",
    "MALFORMED_QUERY",
    "INVALID_FIELD",
    "INVALID_TYPE",
    "INVALID_QUERY_FILTER_OPERATOR",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "QUERY_TOO_COMPLICATED",
}


@given(text=st.lists(PIECES, max_size=14).map(" ".join) | st.binary(max_size=60).map(
    lambda raw: f"SELECT Id FROM Account WHERE {raw.decode('utf-8', 'replace')}"
))  # fmt: skip
@settings(max_examples=250, deadline=None)
@pytest.mark.req("ORG-03")
def test_any_words_are_answered_or_refused(records, text):
    desk, _rows = records

    assert desk.refused(text)[0] in KNOWN


@given(text=st.text(max_size=60) | st.lists(
    st.sampled_from(["FIND {wheel*}", "IN", "ALL FIELDS", "NAME FIELDS", "RETURNING", "Account",
                     "(Name", "WHERE Name = 'x'", "ORDER BY Name", "LIMIT 3", ")", ",", "WITH",
                     "FIND {a OR (b AND", "NOT c)}", "HIGHLIGHT", "= 'x'", "UPDATE VIEWSTAT"]),
    max_size=9).map(" ".join))  # fmt: skip
@settings(max_examples=200, deadline=None)
@pytest.mark.req("ORG-03")
def test_any_search_is_answered_or_refused(records, text):
    desk, _rows = records

    assert searched(desk, text) in KNOWN - {"MALFORMED_QUERY"} | {
        "MALFORMED_SEARCH",
        "INVALID_SEARCH",
    }


def searched(desk, text):
    try:
        desk.search(text)
    except SalesforceError as error:
        return error.code
    return ""
