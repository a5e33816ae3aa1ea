"""Searches: words, where they are looked for, and what comes back."""

import pytest

from tests.crm_sync.localorg.conftest import code_of

COMPANIES = (
    ("Wheel Works", "Pune", "+91 20 5550 1234", "makes wheels for carts"),
    ("Wheelhouse", "Delhi", "+91 11 5550 9999", None),
    ("Big Wheel", "Pune", None, "a wheel, a big one"),
    ("Straße 7", "Berlin", None, None),
)


@pytest.fixture
def companies(org):
    for name, city, phone, text in COMPANIES:
        org.create("Account", Name=name, BillingCity=city, Phone=phone, Description=text)
    account = org.query("SELECT Id FROM Account WHERE Name = 'Big Wheel'")[0]["Id"]
    org.create("Contact", LastName="Wheeler", Email="asha@wheel.example", AccountId=account)
    return org


def search(org, text):
    answer = org.call("GET", "search", params={"q": text})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) - {"metadata"} == {"searchRecords"}
    return answer.json()["searchRecords"]


def names(org, text, rest="IN ALL FIELDS RETURNING Account(Name)"):
    return {row["Name"] for row in search(org, f"FIND {{{text}}} {rest}")}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wheel", {"Wheel Works", "Big Wheel"}),
        ("WHEEL*", {"Wheel Works", "Wheelhouse", "Big Wheel"}),
        ("whee? works", {"Wheel Works"}),
        ('"big wheel"', {"Big Wheel"}),
        ('"wheel big"', set()),
        ("wheel pune", {"Wheel Works", "Big Wheel"}),
        ("wheel AND NOT big", {"Wheel Works"}),
        ("wheelhouse OR (big AND pune)", {"Wheelhouse", "Big Wheel"}),
        ("5550", {"Wheel Works", "Wheelhouse"}),
        ("carts", {"Wheel Works"}),
        ("STRAẞE", {"Straße 7"}),
        (r"big \*", {"Big Wheel"}),
        ("heel", set()),
    ],
)
@pytest.mark.req("ORG-03")
def test_whole_words_are_found_wherever_they_stand(companies, words, found):
    assert names(companies, words) == found


@pytest.mark.req("ORG-03")
def test_a_capital_inside_a_word_begins_another(org):
    org.create("Account", Name="SampleAccount2")

    assert names(org, "sample") == names(org, "account2") == {"SampleAccount2"}
    assert names(org, "ample") == set()


@pytest.mark.parametrize(
    ("group", "found"),
    [
        ("NAME", ["Wheelhouse"]),
        ("PHONE", []),
        ("EMAIL", []),
        ("SIDEBAR", ["Wheelhouse"]),
        ("ALL", ["Wheelhouse"]),
    ],
)
@pytest.mark.req("ORG-03")
def test_a_search_group_says_which_fields_are_read(companies, group, found):
    rest = f"IN {group} FIELDS RETURNING Account(Name)"

    assert sorted(names(companies, "wheelhouse", rest)) == found
    assert names(companies, "pune", f"IN {group} FIELDS RETURNING Account(Name)") == (
        {"Wheel Works", "Big Wheel"} if group == "ALL" else set()
    )


@pytest.mark.req("ORG-03")
def test_what_is_returned_can_be_filtered_sorted_and_cut(companies):
    found = search(
        companies,
        "FIND {wheel*} IN ALL FIELDS RETURNING "
        "Account(Name, toLabel(Industry) WHERE BillingCity = 'Pune' AND Phone = null "
        "ORDER BY Name DESC LIMIT 5), Contact(Account.Name, LastName), Lead "
        "WITH SNIPPET (target_length=120) WITH SPELL_CORRECTION = false LIMIT 10 UPDATE VIEWSTAT",
    )

    assert [row["attributes"]["type"] for row in found] == ["Account", "Contact"]
    assert {name: found[0][name] for name in ("Name", "Industry")} == {
        "Name": "Big Wheel",
        "Industry": None,
    }
    assert found[1]["Account"]["Name"] == "Big Wheel"
    one = search(companies, "FIND {wheel*} RETURNING Account(Name ORDER BY Name), Contact LIMIT 1")
    assert [row["Name"] for row in one] == ["Big Wheel"]


@pytest.mark.req("ORG-03")
def test_without_a_list_of_objects_all_are_searched_and_their_ids_come(companies):
    found = search(companies, "FIND {asha@wheel.example}")

    assert [(row["attributes"]["type"], set(row)) for row in found] == [
        ("Contact", {"attributes", "Id"})
    ]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "MALFORMED_SEARCH", "No search term found."),
        ("wheel", "MALFORMED_SEARCH", "No search term found."),
        ("FIND {a}", "INVALID_SEARCH", "search term must be longer than one character: a"),
        ("FIND {*}", "INVALID_SEARCH", "search term must be longer than one character: *"),
        ("FIND {wheel} IN SOME FIELDS", "MALFORMED_SEARCH", "unexpected token: 'SOME'"),
        ("FIND {wheel} RETURNING Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("FIND {wheel} RETURNING Account(Nope)", "INVALID_FIELD", "No such column 'Nope'"),
        ("FIND {wheel} RETURNING Account(Name", "MALFORMED_SEARCH", "unexpected token: '<EOF>'"),
        ("FIND {wheel} RETURNING Account LIMIT x", "MALFORMED_SEARCH", "unexpected token: 'x'"),
        ("FIND {wheel} RETURNING Account(Name WHERE Name = 5)", "INVALID_FIELD", "type string"),
    ],
)
@pytest.mark.req("ORG-03")
def test_a_wrong_search_is_refused(org, text, code, words):
    answer = org.call("GET", "search", params={"q": text})

    assert (answer.status_code, code_of(answer)) == (400, code)
    assert words in answer.json()[0]["message"]


@pytest.mark.req("ORG-03")
def test_wishes_come_in_the_address_one_by_one(companies):
    answer = companies.call(
        "GET",
        "parameterizedSearch",
        params=[
            ("q", "wheel*"), ("sobject", "Account"), ("sobject", "Contact"), ("in", "name"),
            ("Account.fields", "id,name"), ("Account.limit", "1"), ("fields", "LastName"),
            ("Account.where", "BillingCity = 'Pune'"), ("Account.orderBy", "Name DESC"),
        ],
    )  # fmt: skip

    found = answer.json()["searchRecords"]
    assert [row.get("Name") or row["LastName"] for row in found] == ["Wheel Works", "Wheeler"]
    assert set(found[0]) == {"attributes", "Id", "Name"}


@pytest.mark.req("ORG-03")
def test_wishes_come_in_a_body(companies):
    body = {
        "q": "wheel*",
        "fields": ["id", "name"],
        "sobjects": [
            {"name": "Account", "orderBy": "Name", "limit": 2, "where": "Phone != null"},
            {"name": "Contact", "fields": ["email"]},
        ],
        "in": "ALL",
        "overallLimit": 3,
        "defaultLimit": 10,
    }

    found = companies.call("POST", "parameterizedSearch", json=body).json()["searchRecords"]
    less = companies.call("POST", "parameterizedSearch", json={**body, "overallLimit": 1})
    none = companies.call("POST", "parameterizedSearch", json={"q": " "})

    shown = [row.get("Name") or row["Email"] for row in found]
    assert shown == ["Wheel Works", "Wheelhouse", "asha@wheel.example"]
    assert len(less.json()["searchRecords"]) == 1
    assert (none.status_code, code_of(none)) == (400, "MALFORMED_SEARCH")


@pytest.mark.req("ORG-03")
def test_words_that_were_found_are_marked_where_that_is_asked_for(companies):
    text = (
        "FIND {wheel AND (works OR big) AND NOT delhi} RETURNING Account(Name, Description, Phone"
    )
    rows = search(companies, f"{text} ORDER BY Name) WITH HIGHLIGHT")
    plain = search(companies, f"{text} ORDER BY Name)")

    assert [{name: row.get(f"highlight.{name}") for name in plain[0]} for row in rows] == [
        {
            "attributes": None,
            "Name": "<mark>Big</mark> <mark>Wheel</mark>",
            "Description": "a <mark>wheel</mark>, a <mark>big</mark> one",
            "Phone": None,
        },
        {
            "attributes": None,
            "Name": "<mark>Wheel</mark> <mark>Works</mark>",
            "Description": None,
            "Phone": None,
        },
    ]
    assert not any(name.startswith("highlight") for row in plain for name in row)
    wild = search(companies, "FIND {whee*} RETURNING Account(Name) WITH HIGHLIGHT LIMIT 9")
    assert {name for row in wild for name in row} == {"attributes", "Name"}


@pytest.mark.req("ORG-03")
def test_labels_of_the_fields_come_along_where_they_are_asked_for(companies):
    text = "FIND {wheel*} RETURNING Account(Id, Name LIMIT 1), Contact(Email), Lead(Id)"
    labels = {
        "entityetadata": [
            {
                "entityName": "Account",
                "fieldMetadata": [
                    {"name": "Id", "label": "Account ID"},
                    {"name": "Name", "label": "Name"},
                ],
            },
            {"entityName": "Contact", "fieldMetadata": [{"name": "Email", "label": "Email"}]},
        ]
    }
    told = companies.call("GET", "search", params={"q": f"{text} WITH METADATA='LABELS'"}).json()
    assert (told["metadata"], len(told["searchRecords"])) == (labels, 2)

    wish = {"q": "wheelhouse", "metadata": "LABELS", "sobject": "Account", "Account.fields": "Name"}
    found = companies.call("GET", "parameterizedSearch", params=wish).json()
    assert [row["Name"] for row in found["searchRecords"]] == ["Wheelhouse"]
    assert found["metadata"]["entityetadata"][0]["fieldMetadata"] == [
        {"name": "Name", "label": "Name"}
    ]


@pytest.mark.parametrize(
    "wish", ["METADATA='ALL'", "METADATA", "FOO", "DATA CATEGORY a__c AT b__c"]
)
@pytest.mark.req("ORG-03")
def test_a_wish_that_a_search_cannot_have_is_refused(companies, wish):
    answer = companies.call("GET", "search", params={"q": f"FIND {{wheel}} WITH {wish}"})
    assert (answer.status_code, code_of(answer)) == (400, "MALFORMED_SEARCH")
