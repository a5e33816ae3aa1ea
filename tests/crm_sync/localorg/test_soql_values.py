"""What statements find and show: letters, picklists, scopes, parents, places, locales."""

import pytest

from crm_sync.localorg.soql import letters, locales


@pytest.mark.req("ORG-03")
def test_comparisons_ignore_the_case_of_every_script_but_not_accents(desk):
    for name in ("Müller", "MÜLLER & Söhne", "Muller", "ΣΊΣΥΦΟΣ", "नमस्ते"):
        desk.create("Account", Name=name)

    assert desk.where("Name = 'mÜLLER'") == {"Müller"}
    assert desk.where("Name LIKE 'MÜLLER%'") == {"Müller", "MÜLLER & Söhne"}
    assert desk.where("Name LIKE '%söHNE'") == {"MÜLLER & Söhne"}
    assert desk.where("Name IN ('MÜLLER & SÖHNE', 'muller')") == {"MÜLLER & Söhne", "Muller"}
    assert desk.where("Name = 'नमस्ते'") == {"नमस्ते"}
    assert "Müller" not in desk.where("Name != 'MÜLLER' AND Name != null")
    assert "Müller" not in desk.where("Name NOT IN ('MÜLLER')")


@pytest.mark.req("ORG-03")
def test_a_long_name_in_another_script_is_found_in_any_case(desk):
    name = "привет от всех наших друзей"
    desk.create("Account", Name=name)

    assert letters.variants(name) == []
    assert desk.where(f"Name = '{name.upper()}'") == {name}


@pytest.mark.req("ORG-03")
def test_case_counts_in_a_case_sensitive_field():
    assert letters.as_glob(r"a%b_c\_\%*[x]") == "a*b?c_%[*][[]x]"


@pytest.mark.req("ORG-03")
def test_escapes_in_a_literal_stand_for_characters(desk):
    desk.create("Account", Name="a\u00e9\u20ac", Description="x")
    desk.create("Account", Name='say "no"')

    assert desk.where(r"Name = 'a\u00e9\u20AC'") == {"aé€"}
    assert desk.where(r"""Name = 'say \"no\"'""") == {'say "no"'}
    assert desk.refused(r"SELECT Id FROM Account WHERE Name = '\u12'")[0] == "MALFORMED_QUERY"
    assert desk.where(r"Name = '\uD800'") == set()


@pytest.mark.req("ORG-03")
def test_nothing_is_the_same_as_an_empty_text_and_a_boolean_that_is_null_is_false(desk):
    desk.create("Account", Name="With", Site="here")
    desk.create("Account", Name="Without")

    assert desk.where("Site = ''") == desk.where("Site = null") == {"Without"}
    assert desk.where("Site IN ('')") == desk.where("Site IN (null, 'x')") == {"Without"}
    assert desk.where("Site NOT IN ('')") == desk.where("Site != ''") == {"With"}
    assert desk.where("Site NOT IN ('here')") == {"Without"}
    assert desk.where("Site NOT IN ('', 'here')") == set()
    assert desk.where("IsDeleted = null") == {"With", "Without"}
    assert desk.where("IsDeleted != null") == set()


@pytest.mark.req("ORG-03")
def test_a_number_may_be_larger_than_any_column(desk):
    desk.create("Account", Name="Rich", AnnualRevenue=5)

    assert desk.where("AnnualRevenue < 1000000000000000000000000000000") == {"Rich"}
    assert desk.where("AnnualRevenue = 0.5e1") == {"Rich"}
    assert desk.where("AnnualRevenue > 1e400") == set()


@pytest.mark.req("ORG-03")
def test_ids_are_compared_in_both_forms(desk):
    key = desk.create("Account", Name="A")

    assert desk.where(f"Id = '{key[:15]}'") == desk.where(f"Id IN ('{key}')") == {"A"}
    assert desk.where(f"Id >= '{key}'") == {"A"}
    assert desk.where(f"Id != '{key[:15]}'") == set()


@pytest.mark.req("ORG-03")
def test_picklists_are_sorted_by_the_order_of_their_values(desk):
    for name, stage in (("won", "Closed Won"), ("new", "Prospecting"), ("mid", "Needs Analysis")):
        desk.create("Opportunity", Name=name, StageName=stage, CloseDate="2026-11-21")
    named = "SELECT Name FROM Opportunity ORDER BY StageName"

    assert desk.names(named) == ["new", "mid", "won"]
    assert desk.names(f"{named} DESC") == ["won", "mid", "new"]
    assert desk.ask("SELECT MIN(StageName) a, MAX(StageName) z FROM Opportunity") == [
        {"a": "Prospecting", "z": "Closed Won"}
    ]


@pytest.mark.req("ORG-03")
def test_what_is_empty_comes_first_unless_it_is_sent_to_the_end(desk):
    parent = desk.create("Account", Name="b", Site="2")
    desk.create("Account", Name="a", ParentId=parent)
    desk.create("Account", Name="c", Site="10")

    assert desk.names("SELECT Name FROM Account ORDER BY Site") == ["a", "c", "b"]
    assert desk.names("SELECT Name FROM Account ORDER BY Site DESC") == ["a", "b", "c"]
    last = "SELECT Name FROM Account ORDER BY Site DESC NULLS LAST"
    assert desk.names(last) == ["b", "c", "a"]
    assert desk.names("SELECT Name FROM Account ORDER BY Parent.Id DESC, Name") == ["b", "c", "a"]


@pytest.mark.req("ORG-03")
def test_the_scope_mine_leaves_out_what_others_own(desk):
    profile = desk.ask("SELECT Id FROM Profile")[0]["Id"]
    other = desk.create(
        "User", LastName="Other", Alias="o", Username="o@x.example", Email="o@x.example",
        ProfileId=profile, TimeZoneSidKey="Asia/Kolkata", LocaleSidKey="en_IN",
        EmailEncodingKey="UTF-8", LanguageLocaleKey="en_US",
    )  # fmt: skip
    desk.create("Account", Name="Mine")
    desk.create("Account", Name="Theirs", OwnerId=other)

    assert desk.names("SELECT Name FROM Account USING SCOPE mine") == ["Mine"]
    assert len(desk.names("SELECT Name FROM Account USING SCOPE everything")) == 2
    assert desk.names("SELECT Name FROM Account USING SCOPE delegated") == []


@pytest.mark.req("ORG-03")
def test_further_names_after_from_lead_to_parents(desk):
    account = desk.create("Account", Name="Acme")
    desk.create("Contact", LastName="In", AccountId=account)
    desk.create("Contact", LastName="Out")

    found = desk.ask(
        "SELECT c.Name, a.Name FROM Contact c, c.Account a, a.Owner o "
        "WHERE a.Name = 'ACME' AND o.IsActive = true"
    )

    assert found == [{"Name": "In", "Account": {"Name": "Acme"}}]


@pytest.mark.req("ORG-03")
def test_typeof_gives_each_type_its_own_fields_parents_and_addresses(desk):
    account = desk.create("Account", Name="Acme", BillingCity="Pune", Phone="1")
    deal = desk.create(
        "Opportunity", Name="Deal", StageName="Prospecting", CloseDate="2026-11-21", Amount=5
    )
    for subject, what in (("a", account), ("b", deal), ("c", None)):
        desk.create("Task", Subject=subject, WhatId=what)

    found = desk.ask(
        "SELECT Subject, TYPEOF What WHEN Account THEN Phone, Owner.Name, BillingAddress "
        "WHEN Opportunity THEN Amount END FROM Task ORDER BY Subject"
    )

    first = found[0]["What"]
    assert (first["Phone"], first["Owner"]) == ("1", {"Name": "Integration User"})
    assert first["BillingAddress"]["city"] == "Pune"
    assert [row["What"] for row in found[1:]] == [{"Amount": 5.0}, None]


@pytest.mark.req("ORG-03")
def test_labels_of_a_parents_values_stand_with_the_parent(desk):
    account = desk.create("Account", Name="Acme", Industry="Energy")
    desk.create("Contact", LastName="C", AccountId=account)

    found = desk.ask("SELECT Account.Name, toLabel(Account.Industry) FROM Contact")

    assert found == [{"Account": {"Name": "Acme", "Industry": "Energy"}}]


@pytest.mark.req("ORG-03")
def test_places_are_filtered_and_sorted_by_distance(desk):
    for name, latitude, longitude in (
        ("Pune", 18.5204, 73.8567),
        ("Mumbai", 19.0760, 72.8777),
        ("Delhi", 28.6139, 77.2090),
        ("Nowhere", None, None),
    ):
        place = {"BillingLatitude": latitude, "BillingLongitude": longitude}
        desk.create("Account", Name=name, **place)
    far = "DISTANCE(BillingAddress, GEOLOCATION(18.5204, 73.8567), '{}')"

    assert desk.where(f"{far.format('km')} < 200") == {"Pune", "Mumbai"}
    assert desk.where(f"{far.format('km')} > 200") == {"Delhi"}
    assert desk.where(f"{far.format('mi')} < 70") == {"Pune"}
    nearest = desk.names(
        f"SELECT Name FROM Account WHERE BillingLatitude != null ORDER BY {far.format('km')} DESC"
    )
    assert nearest == ["Delhi", "Mumbai", "Pune"]
    shown = desk.ask(f"SELECT {far.format('km')} d FROM Account WHERE Name = 'Mumbai'")
    assert shown[0]["d"] == pytest.approx(120.15, abs=0.1)


@pytest.mark.parametrize(
    ("locale", "money", "day", "moment", "share"),
    [
        ("en_IN", "₹12,34,567.50", "09/03/2026", "09/03/2026, 5:31 am", "40%"),
        ("en_US", "₹1,234,567.50", "3/9/2026", "3/9/2026, 5:31 AM", "40%"),
        ("en_GB", "₹1,234,567.50", "09/03/2026", "09/03/2026, 05:31", "40%"),
        ("de_DE", "1.234.567,50 ₹", "09.03.2026", "09.03.2026, 05:31", "40%"),
    ],
)
@pytest.mark.req("ORG-03")
def test_format_writes_for_the_locale_of_the_user(desk, locale, money, day, moment, share):
    deal = desk.create(
        "Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-03-09",
        Amount=1234567.5, Probability=40,
    )  # fmt: skip
    desk.stamp("Opportunity", deal, CreatedDate="2026-03-09T00:01:00.000+0000")
    desk.stamp("User", desk.org.user_id, LocaleSidKey=locale)

    found = desk.ask(
        "SELECT Amount, FORMAT(Amount) a, FORMAT(CloseDate) d, FORMAT(CreatedDate) m, "
        "FORMAT(Probability) p, FORMAT(Name) n, FORMAT(Description) x FROM Opportunity"
    )
    total = desk.ask("SELECT FORMAT(SUM(Amount)) t FROM Opportunity")

    assert found == [
        {"Amount": 1234567.5, "a": money, "d": day, "m": moment, "p": share, "n": "D", "x": None}
    ]
    assert total == [{"t": money}]


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (0, 0, "0"),
        (-1234.5, 2, "-1,234.50"),
        (999.995, 2, "1,000.00"),
        (12345678, 0, "1,23,45,678"),
    ],
)
@pytest.mark.req("ORG-03")
def test_numbers_are_grouped_and_rounded(value, scale, text):
    assert locales.number(locales.LOCALES["en_IN"], value, scale) == text


@pytest.mark.req("ORG-03")
def test_sums_leave_out_what_is_empty(desk):
    for name, revenue, site in (
        ("a", 10, "x"),
        ("b", None, "x"),
        ("c", 5, "X"),
        ("d", None, None),
    ):
        desk.create("Account", Name=name, AnnualRevenue=revenue, Site=site)

    found = desk.ask(
        "SELECT COUNT(Id), COUNT(AnnualRevenue), COUNT_DISTINCT(Site), SUM(AnnualRevenue), "
        "AVG(AnnualRevenue), MIN(AnnualRevenue) least FROM Account"
    )
    nothing = desk.ask("SELECT COUNT(Id) n, SUM(AnnualRevenue) s FROM Account WHERE Name = 'z'")

    assert found == [
        {"expr0": 4, "expr1": 2, "expr2": 1, "expr3": 15.0, "expr4": 7.5, "least": 5.0}
    ]
    assert nothing == [{"n": 0, "s": None}]
    assert desk.page("SELECT COUNT() FROM Account WHERE Site = 'x'").total == 3
    assert desk.page("SELECT COUNT() FROM Account LIMIT 3").total == 3


@pytest.mark.req("ORG-03")
def test_a_sub_select_joins_only_what_it_selects(desk):
    account = desk.create("Account", Name="Acme")
    desk.create("Account", Name="Bolt")
    desk.create("Contact", LastName="C", AccountId=account)
    desk.create("Task", Subject="Call", WhatId=account)

    assert desk.where("Id IN (SELECT WhatId FROM Task)") == {"Acme"}
    assert desk.where("Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT WhatId FROM Task)"
                      ) == {"Acme"}  # fmt: skip
    assert desk.where("Name = 'x' OR (Name = 'Bolt')") == {"Bolt"}
    assert desk.where("Id NOT IN (SELECT AccountId FROM Contact WHERE LastName = 'C')") == {"Bolt"}
