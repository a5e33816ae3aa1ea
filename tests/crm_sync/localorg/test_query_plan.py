"""What `explain` says of a statement."""

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.desk import Desk


def explain(org, soql):
    return org.call("GET", "query", params={"explain": soql})


@pytest.mark.req("ORG-03")
def test_an_index_leads_where_one_helps(org):
    for number in range(10):
        org.create("Account", Name=f"A{number}", Type="Other" if number else "Prospect")
    soql = "SELECT Id FROM Account WHERE Name = 'A3' AND Type = 'Other' AND Parent.Name = null"

    answer = explain(org, soql).json()

    assert answer["sourceQuery"] == soql
    first, second = answer["plans"]
    assert first["leadingOperationType"] == "Index"
    assert (first["fields"], first["cardinality"], first["sobjectCardinality"]) == (["Name"], 1, 10)
    assert first["sobjectType"] == "Account"
    assert [note["fields"] for note in first["notes"]] == [["IsDeleted"], ["Type"]]
    assert (second["leadingOperationType"], second["fields"]) == ("TableScan", [])
    assert first["relativeCost"] < 1 < second["relativeCost"]


@pytest.mark.parametrize(
    "where",
    ["", "Type = 'x'", "Name != 'x'", "Name = null", "Name = 'x' OR Type = 'x'"],
)
@pytest.mark.req("ORG-03")
def test_every_record_is_read_where_no_index_helps(org, where):
    statement = f"SELECT Name FROM Account{f' WHERE {where}' if where else ''}"

    plans = explain(org, statement).json()["plans"]

    assert [plan["leadingOperationType"] for plan in plans] == ["TableScan"]


@pytest.mark.req("ORG-03")
def test_a_wrong_statement_has_no_plan(org):
    answer = explain(org, "SELECT Id FROM Account WHERE Name = 5")

    assert (answer.status_code, code_of(answer)) == (400, "INVALID_FIELD")


@pytest.mark.req("ORG-03")
def test_an_old_locator_is_gone_and_one_of_this_morning_is_not(desk):
    for number in range(3):
        desk.create("Account", Name=f"A{number}")
    pages = [desk.page("SELECT Name FROM Account ORDER BY Name", size=2) for _ in range(2)]
    with desk.org.store.write() as connection:
        old = (47.9 * 3600, pages[0].next_cursor.partition("-")[0])
        gone = (48.1 * 3600, pages[1].next_cursor.partition("-")[0])
        for facts in (old, gone):
            connection.execute("UPDATE _cursor SET made = made - ? WHERE id = ?", facts)

    assert [row["Name"] for row in desk.org.reader.more(pages[0].next_cursor).records] == ["A2"]
    with pytest.raises(Exception, match="INVALID_QUERY_LOCATOR"):
        desk.org.reader.more(pages[1].next_cursor)


@pytest.mark.req("ORG-03")
def test_a_locator_outlives_a_restart(tmp_path):
    desk = Desk(tmp_path / "org")
    for number in range(3):
        desk.create("Account", Name=f"A{number}")
    first = desk.page("SELECT Name FROM Account ORDER BY Name", size=2)
    desk.org.close()

    again = Desk(tmp_path / "org")
    names = [row["Name"] for row in again.org.reader.more(first.next_cursor).records]
    again.org.close()

    assert names == ["A2"]
