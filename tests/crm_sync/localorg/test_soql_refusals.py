"""What the platform does not allow in a statement, each with its code and its words."""

import pytest

from tests.crm_sync.localorg.desk import Desk

BAD = "MALFORMED_QUERY"
OPERATOR = "INVALID_QUERY_FILTER_OPERATOR"
BARE = "and should not be enclosed in quotes"
SEMI = "Semi join sub-selects are not allowed with the '{}' operator"
IDS_ONLY = "semi join sub selects can only query id fields, cannot use: '{}'"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("refusals"))
    yield desk
    desk.org.close()


def criterion(field, kind, tail=BARE):
    return f"value of filter criterion for field '{field}' must be of type {kind} {tail}"


@pytest.mark.parametrize(
    ("where", "code", "words"),
    [
        ("CreatedDate > 2026-01-01", "INVALID_FIELD", criterion("CreatedDate", "dateTime")),
        ("LastActivityDate = 2026-01-01T00:00:00Z", "INVALID_FIELD",
         criterion("LastActivityDate", "date")),
        ("LastActivityDate = '2026-01-01'", "INVALID_FIELD", criterion("LastActivityDate", "date")),
        ("AnnualRevenue = '5'", "INVALID_FIELD", criterion("AnnualRevenue", "double")),
        ("NumberOfEmployees IN (1, '5')", "INVALID_FIELD", criterion("NumberOfEmployees", "int")),
        ("IsDeleted = 'false'", "INVALID_FIELD", criterion("IsDeleted", "boolean")),
        ("Name = 5", "INVALID_FIELD",
         criterion("Name", "string", "and should be enclosed in quotes")),
        ("Name LIKE 5", "INVALID_FIELD",
         criterion("Name", "string", "and should be enclosed in quotes")),
        ("AnnualRevenue > USD5000", "INVALID_FIELD", criterion("AnnualRevenue", "double")),
        ("Id LIKE '001%'", OPERATOR, "invalid operator on id field"),
        ("OwnerId LIKE '005%'", OPERATOR, "invalid operator on id field"),
        ("CreatedDate LIKE '2026%'", OPERATOR, "invalid operator on dateTime field"),
        ("AnnualRevenue LIKE '5%'", OPERATOR, "invalid operator on double field"),
        ("Id = 'no id'", OPERATOR, "invalid ID field: no id"),
        ("CreatedDate = TODAY:3", BAD, "unexpected token: 'TODAY'"),
        ("CreatedDate = LAST_N_DAYS", BAD, "unexpected token: 'LAST_N_DAYS'"),
        ("CreatedDate = LAST_N_YEARS:99999", BAD, "unexpected token: 'LAST_N_YEARS'"),
        ("CreatedDate = SOMEDAY", BAD, "Bind variables only allowed in Apex code"),
        ("LastActivityDate > 2026-02-30", BAD, "Invalid date: 2026-02-30"),
        ("CreatedDate > 2026-13-01T00:00:00Z", BAD, "Invalid dateTime: 2026-13-01T00:00:00Z"),
        ("Name = :name", BAD, "Bind variables only allowed in Apex code"),
        ("Name IN :names", BAD, "Bind variables only allowed in Apex code"),
        ("Description LIKE 'x%'", "INVALID_FIELD",
         "field 'Description' can not be filtered in a query call"),
        ("BillingAddress = 'x'", "INVALID_FIELD",
         "field 'BillingAddress' can not be filtered in a query call"),
        ("Id IN (SELECT AccountId FROM Contact) OR Name = 'x'", BAD, SEMI.format("OR")),
        ("NOT Id IN (SELECT AccountId FROM Contact)", BAD, SEMI.format("NOT")),
        ("Name = 'x' AND (Id IN (SELECT AccountId FROM Contact) OR Name = 'y')", BAD,
         "Semi join sub-selects are only allowed at the top level WHERE expressions and not in "
         "nested WHERE expressions."),
        ("Id IN (SELECT Name FROM Contact)", BAD, IDS_ONLY.format("Name")),
        ("Name IN (SELECT AccountId FROM Contact)", BAD, IDS_ONLY.format("Name")),
        ("Id IN (SELECT Contact.Account.Id FROM Case)", BAD, IDS_ONLY.format("Contact.Account.Id")),
        ("Parent.OwnerId IN (SELECT OwnerId FROM Contact)", BAD, IDS_ONLY.format("Parent.OwnerId")),
        ("Id IN (SELECT ParentId FROM Account)", BAD,
         "The inner and outer selects should not be on the same object type"),
        ("Id IN (SELECT ContactId FROM Case)", BAD,
         "The selected field 'ContactId' in the subquery and the left operand field 'Id' in the "
         "where expression in the outer query should point to the same object type"),
        ("Id IN (SELECT AccountId FROM Contact LIMIT 3)", BAD,
         "Semi join sub-selects do not support GROUP BY, ORDER BY, LIMIT and OFFSET"),
        ("Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT ContactId FROM Case))", BAD,
         "Nesting of semi join sub-selects is not supported"),
        ("Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Case) AND "
         "Id IN (SELECT AccountId FROM Opportunity)", BAD,
         "Maximum 2 semi join sub-selects are allowed"),
        ("DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'ft') < 3", BAD,
         "Invalid distance unit: use 'mi' or 'km'"),
        ("DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'km') = 3", OPERATOR,
         "DISTANCE function only supports the < and > operators"),
        ("DISTANCE(Name, GEOLOCATION(1, 2), 'km') < 3", "INVALID_FIELD",
         "DISTANCE function cannot be used with field Name"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_a_condition_that_makes_no_sense_is_refused(empty, where, code, words):
    assert empty.refused(f"SELECT Id FROM Account WHERE {where}") == (code, words)


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        ("SELECT COUNT(), Name FROM Account",
         "COUNT() must be the only element in the SELECT list"),
        ("SELECT COUNT() FROM Account GROUP BY Name",
         "COUNT() must be the only element in the SELECT list"),
        ("SELECT COUNT() FROM Account ORDER BY Name",
         "COUNT() cannot be used with an ORDER BY clause"),
        ("SELECT MAX(CreatedDate) FROM Account LIMIT 1",
         "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"),
        ("SELECT Name, (SELECT COUNT(Id) FROM Contacts) FROM Account",
         "Only root queries support aggregate expressions"),
        ("SELECT Id, (SELECT Id FROM Contacts LIMIT 2 OFFSET 1) FROM Account LIMIT 2",
         "A subquery can use OFFSET only if the parent query has a LIMIT 1 clause"),
        ("SELECT Name, COUNT(Id) FROM Account", "Field must be grouped or aggregated: Name"),
        ("SELECT Name FROM Account GROUP BY Name ORDER BY Type",
         "Ordered field must be grouped or aggregated: Type"),
        ("SELECT Name FROM Account GROUP BY Name HAVING Type = 'x'",
         "Having field must be grouped or aggregated: Type"),
        ("SELECT CreatedDate FROM Account GROUP BY CreatedDate",
         "field 'CreatedDate' can not be grouped in a query call"),
        ("SELECT AnnualRevenue FROM Account GROUP BY AnnualRevenue",
         "field 'AnnualRevenue' can not be grouped in a query call"),
        ("SELECT Id FROM Account ORDER BY Description",
         "field 'Description' can not be sorted in a query call"),
        ("SELECT Id FROM Account ORDER BY BillingAddress",
         "field 'BillingAddress' can not be sorted in a query call"),
        ("SELECT COUNT(IsDeleted) FROM Account",
         "field IsDeleted does not support aggregate operator COUNT"),
        ("SELECT SUM(Name) FROM Account", "field Name does not support aggregate operator SUM"),
        ("SELECT AVG(CreatedDate) FROM Account",
         "field CreatedDate does not support aggregate operator AVG"),
        ("SELECT UserRole.Name, Profile.Name FROM User GROUP BY UserRole.Name, Profile.Name",
         "duplicate alias: Name"),
        ("SELECT Id FROM Contact c, x.Account a", "unexpected token: 'x.Account'"),
        ("SELECT Id FROM Contact c, a.Account a", "unexpected token: 'a.Account'"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_a_statement_that_does_not_fit_together_is_malformed(empty, soql, words):
    assert empty.refused(soql) == (BAD, words)


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        ("SELECT Name, toLabel(Name) FROM Account", "duplicate field selected: Name"),
        ("SELECT Name, FIELDS(STANDARD) FROM Account", "duplicate field selected: Name"),
        ("SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account",
         "maximum number of parent relationship levels exceeded"),
        ("SELECT HOUR_IN_DAY(CloseDate) h FROM Opportunity GROUP BY HOUR_IN_DAY(CloseDate)",
         "Invalid function for field CloseDate: HOUR_IN_DAY"),
        ("SELECT Id FROM Account WHERE CALENDAR_YEAR(Name) = 2026",
         "Invalid function for field Name: CALENDAR_YEAR"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_a_field_that_cannot_be_had_is_named(empty, soql, words):
    assert empty.refused(soql) == ("INVALID_FIELD", words)


@pytest.mark.req("ORG-03")
def test_the_columns_of_a_statement_are_not_told_when_its_conditions_are_wrong(org):
    soql = "SELECT Id FROM Account WHERE Name = 5"

    answer = org.call("GET", "query", params={"q": soql, "columns": "true"})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


@pytest.mark.req("ORG-02", "ORG-03")
def test_describe_tells_what_statements_may_do(org):
    fields = org.call("GET", "sobjects/Account/describe").json()["fields"]
    told = {
        one["name"]: (one["filterable"], one["sortable"], one["groupable"], one["aggregatable"])
        for one in fields
    }

    assert told["Name"] == (True, True, True, True)
    assert told["Description"] == (False, False, False, False)
    assert told["BillingAddress"] == (False, False, False, False)
    assert told["CreatedDate"] == (True, True, False, True)
    assert told["AnnualRevenue"] == (True, True, False, True)
    assert told["IsDeleted"] == (True, True, True, False)


MANY = range(3000)


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Id FROM Account WHERE " + " OR ".join(f"Name = 'n{one}'" for one in MANY),
        "SELECT Id FROM Account WHERE " + " AND ".join(f"Name != 'é{one}'" for one in MANY),
        f"SELECT Id FROM Account WHERE CreatedDate IN ({', '.join('TODAY' for _ in MANY)})",
        f"SELECT Id FROM Account WHERE Name LIKE '{'%é' * 1900}'",
    ],
)
@pytest.mark.req("ORG-03")
def test_a_long_statement_is_answered(empty, soql):
    assert empty.refused(soql) == ("", "")


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        (f"SELECT Id FROM Account ORDER BY {', '.join('Name' for _ in MANY)}", BAD),
        (f"SELECT {', '.join(f'COUNT(Id) a{one}' for one in MANY)} FROM Account",
         "QUERY_TOO_COMPLICATED"),
        (f"SELECT {'FORMAT(' * 3000}Name{')' * 3000} FROM Account", "QUERY_TOO_COMPLICATED"),
        (f"SELECT Id FROM Account WHERE {'NOT ' * 3000}Name = 'x'", BAD),
        (f"SELECT Id FROM Account WHERE {'Id IN (SELECT Id FROM Contact WHERE ' * 2000}",
         "QUERY_TOO_COMPLICATED"),
        (f"SELECT {'(SELECT Id, ' * 3000}", "QUERY_TOO_COMPLICATED"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-03")
def test_a_statement_that_is_too_much_is_refused_and_breaks_nothing(empty, soql, code):
    assert empty.refused(soql)[0] == code
