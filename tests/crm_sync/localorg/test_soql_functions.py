"""Functions in statements: each stands where the platform lets it, and nothing breaks elsewhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_sync.localorg.soql.conditions import FUNCTIONS
from tests.crm_sync.localorg.desk import Desk

BAD = "MALFORMED_QUERY"
NAMES = sorted(FUNCTIONS - {"DISTANCE", "FIELDS"})
FIELDS = (
    *("Name", "NumberOfEmployees", "AnnualRevenue", "CreatedDate", "IsDeleted", "BillingAddress"),
    *("Description", "Parent.Name", "Id", "Industry", "LastActivityDate"),
)
PLACES = (
    "SELECT {0} FROM Account",
    "SELECT {0} x, COUNT(Id) FROM Account GROUP BY Name ORDER BY {0}",
    "SELECT {0} FROM Account GROUP BY {0}",
    "SELECT {0} FROM Account GROUP BY ROLLUP({0})",
    "SELECT Name, {0} FROM Account GROUP BY CUBE(Name) HAVING {0} > 5 ORDER BY {0}",
    "SELECT Name FROM Account GROUP BY ROLLUP(Name) HAVING {0} = 'x'",
    "SELECT Id FROM Account ORDER BY {0}",
    "SELECT Id FROM Account WHERE {0} = 5",
    "SELECT Id FROM Account WHERE {0} = null",
    "SELECT Id FROM Account WHERE {0} LIKE 'x%'",
    "SELECT Id, (SELECT {0} FROM ChildAccounts ORDER BY {0}) FROM Account",
    "SELECT Id FROM Contact WHERE AccountId IN (SELECT {0} FROM Account)",
)
EXPRESSIONS = st.recursive(
    st.sampled_from(FIELDS),
    lambda inner: st.tuples(st.sampled_from(NAMES), inner).map(lambda pair: "{}({})".format(*pair)),
    max_leaves=1,
)
CODES = {"", BAD, "INVALID_FIELD", "INVALID_QUERY_FILTER_OPERATOR"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("functions"))
    desk.create("Account", Name="Acme", NumberOfEmployees=5)
    yield desk
    desk.org.close()


@pytest.mark.req("ORG-03")
@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, st.sampled_from(PLACES))
def test_every_function_is_answered_or_refused_in_every_place(desk, expression, place):
    assert desk.refused(place.format(expression))[0] in CODES


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        ("SELECT Name FROM Account WHERE COUNT(Id) > 1", "unexpected token: 'COUNT'"),
        ("SELECT Id FROM Account ORDER BY MAX(Name)", "unexpected token: 'MAX'"),
        ("SELECT COUNT(MAX(Name)) FROM Account", "unexpected token: 'MAX'"),
        ("SELECT COUNT(Id) FROM Account GROUP BY ROLLUP(COUNT(Id))", "unexpected token: 'COUNT'"),
        ("SELECT CALENDAR_YEAR(MAX(CreatedDate)) FROM Account GROUP BY Name",
         "unexpected token: 'MAX'"),
        ("SELECT convertTimezone(CreatedDate) FROM Account", "unexpected token: 'CONVERTTIMEZONE'"),
        ("SELECT GROUPING(Name), COUNT(Id) FROM Account GROUP BY Name",
         "GROUPING is only allowed with GROUP BY ROLLUP or GROUP BY CUBE"),
        ("SELECT GROUPING(Type), COUNT(Id) FROM Account GROUP BY CUBE(Name)",
         "Field must be grouped or aggregated: Type"),
        ("SELECT AnnualRevenue FROM Account GROUP BY ROLLUP(AnnualRevenue)",
         "field 'AnnualRevenue' can not be grouped in a query call"),
        ("SELECT convertCurrency(SUM(AnnualRevenue)) FROM Account", "unexpected token: 'SUM'"),
        ("SELECT Id FROM Account WHERE convertCurrency(AnnualRevenue) > 5",
         "unexpected token: 'CONVERTCURRENCY'"),
        ("SELECT LOWER(Name) FROM Account", "unexpected token: '('"),
        ("SELECT Id FROM Account WHERE UPPER(Name) = 'X'", "unexpected token: '('"),
        ("SELECT TYPEOF What ELSE Name END FROM Task", "unexpected token: 'ELSE'"),
        ("SELECT Id FROM Account WHERE Name = Acme", "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Account WHERE Name > Parent.Name",
         "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Account UPDATE TRACKING, FOO", "unexpected token: 'FOO'"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_what_stands_where_it_must_not_is_named(desk, soql, words):
    assert desk.refused(soql) == (BAD, words)


@pytest.mark.req("ORG-03")
def test_a_field_that_is_selected_twice_is_named_alone(desk):
    with pytest.raises(Exception, match=r"^INVALID_FIELD: duplicate field selected: Id$"):
        desk.page("SELECT Id, Id FROM Account")


@pytest.mark.req("ORG-03")
def test_children_go_down_four_levels_and_no_further(desk):
    inner = "SELECT Id FROM ChildAccounts"
    for _ in range(3):
        inner = f"SELECT Id, ({inner}) FROM ChildAccounts"
    assert desk.ask(f"SELECT Name, ({inner}) FROM Account") == [
        {"Name": "Acme", "ChildAccounts": None}
    ]
    code, words = desk.refused(f"SELECT Id, (SELECT Id, ({inner}) FROM ChildAccounts) FROM Account")
    assert code == BAD
    assert words == "A query can have up to 5 levels of parent-to-child relationships"


@pytest.mark.req("ORG-03")
def test_amounts_of_a_currency_need_more_than_one(desk):
    words = "value of filter criterion for field 'AnnualRevenue' must be of type double"
    for amount in ("USD5000", "usd-5", "USD5000.01"):
        code, message = desk.refused(f"SELECT Id FROM Account WHERE AnnualRevenue > {amount}")
        assert (code, message.startswith(words)) == ("INVALID_FIELD", True)


@pytest.mark.req("ORG-03")
def test_subtotals_under_a_condition_know_their_groups(desk):
    soql = (
        "SELECT Name, GROUPING(Name) total, COUNT(Id) n FROM Account GROUP BY ROLLUP(Name) "
        "HAVING GROUPING(Name) = 1"
    )
    assert desk.ask(soql) == [{"Name": None, "total": 1, "n": 1}]
    assert desk.ask(soql.replace("FROM Account", "FROM Account WHERE Name = 'none'")) == []


@pytest.mark.req("ORG-03")
def test_units_and_escapes_are_understood_in_any_case(desk):
    place = "DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'KM')"
    assert desk.refused(f"SELECT Id FROM Account WHERE {place} < 5") == ("", "")
    assert desk.names(r"SELECT Name FROM Account WHERE Name = '\u0041\U0063me'") == ["Acme"]
    assert desk.names("SELECT Name FROM Account UPDATE TRACKING, VIEWSTAT") == ["Acme"]
