"""Formula fields, default formulas and roll-up summaries, as a deploy brings them."""

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.deploying import NS, deploy, pack


def field(name, kind, **facts):
    rows = "".join(f"<{key}>{value}</{key}>" for key, value in facts.items())
    label = name.replace("_", " ")
    head = f"<fullName>{name}__c</fullName><label>{label}</label><type>{kind}</type>"
    return f"<fields>{head}{rows}</fields>"


def summary(name, operation, **facts):
    return field(
        name, "Summary", summaryForeignKey="Wheel__c.Bike__c", summaryOperation=operation, **facts
    )


SPRING = """<summaryFilterItems><field>Wheel__c.Good__c</field><operation>equals</operation>
<value>True</value></summaryFilterItems>"""
BIKE = "".join([
    field("Price", "Currency", precision=10, scale=2),
    field("Bought", "Date", defaultValue="TODAY()"),
    field("Code", "Text", length=20, defaultValue="&quot;B-&quot; &amp; Name"),
    field("Maker", "Lookup", referenceTo="Account", relationshipName="Bikes"),
    field("Gross", "Currency", precision=18, scale=2, formula="ROUND(Price__c * 1.18, 2)"),
    field("Title", "Text", formula="Maker__r.Name &amp; &quot; &quot; &amp; Name"),
    field("Dear", "Checkbox", formula="Gross__c &gt; 1000"),
    field("Due", "Date", formula="ADDMONTHS(Bought__c, 1)"),
    field("Odd", "Number", precision=18, scale=2, formula="1 / Price__c"),
    summary("Wheels", "count"),
    summary("Weight", "sum", summarizedField="Wheel__c.Weight__c"),
    summary("Lightest", "min", summarizedField="Wheel__c.Weight__c"),
    summary("Heaviest", "max", summarizedField="Wheel__c.Weight__c"),
    summary("Good_Wheels", "count").replace("</fields>", SPRING + "</fields>"),
])  # fmt: skip
WHEEL = (
    field("Bike", "MasterDetail", referenceTo="Bike__c", relationshipName="Wheels")
    + field("Weight", "Number", precision=10, scale=1)
    + field("Good", "Checkbox", defaultValue="false")
)


def an_object(label, fields):
    head = f"<label>{label}</label><pluralLabel>{label}s</pluralLabel>"
    return f"<CustomObject {NS}>{head}{fields}</CustomObject>"


@pytest.fixture
def bikes(org):
    result = deploy(
        org,
        pack(**{
            "objects/Bike__c.object": an_object("Bike", BIKE),
            "objects/Wheel__c.object": an_object("Wheel", WHEEL),
        }),
    )  # fmt: skip
    assert result["status"] == "Succeeded", result["details"]["componentFailures"]
    return org


def fields_of(org):
    described = org.call("GET", "sobjects/Bike__c/describe").json()
    return {each["name"]: each for each in described["fields"]}


@pytest.mark.req("ORG-08", "ORG-03")
def test_a_formula_field_is_read_filtered_and_sorted_like_any_other(bikes):
    maker = bikes.create("Account", Name="Acme")
    bikes.create("Bike__c", Name="City", Price__c=500, Maker__c=maker, Bought__c="2026-01-31")
    bikes.create("Bike__c", Name="Race", Price__c=1000, Maker__c=maker, Bought__c="2026-03-15")

    rows = bikes.query(
        "SELECT Title__c, Gross__c, Dear__c, Due__c FROM Bike__c WHERE Gross__c > 1 "
        "ORDER BY Gross__c DESC"
    )
    dear = bikes.query("SELECT Name FROM Bike__c WHERE Dear__c = true")
    grouped = {"q": "SELECT Title__c t, COUNT(Id) n FROM Bike__c GROUP BY Title__c LIMIT 1"}
    refused = bikes.call("GET", "query", params=grouped).json()[0]

    assert rows == [
        {"Title__c": "Acme Race", "Gross__c": 1180.0, "Dear__c": True, "Due__c": "2026-04-15"},
        {"Title__c": "Acme City", "Gross__c": 590.0, "Dear__c": False, "Due__c": "2026-02-28"},
    ]
    assert dear == [{"Name": "Race"}]
    assert refused["errorCode"] == "MALFORMED_QUERY"
    assert "field 'Title__c' can not be grouped in a query call" in refused["message"]


@pytest.mark.req("ORG-08")
def test_a_formula_field_cannot_be_written_and_says_how_it_is_made(bikes):
    refused = bikes.call("POST", "sobjects/Bike__c", json={"Name": "x", "Gross__c": 5})
    described = {
        each["name"]: each
        for each in bikes.call("GET", "sobjects/Bike__c/describe").json()["fields"]
    }

    assert code_of(refused) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    gross, weight = described["Gross__c"], described["Weight__c"]
    assert (gross["calculated"], gross["createable"], gross["updateable"]) == (True, False, False)
    assert gross["calculatedFormula"] == "ROUND(Price__c * 1.18, 2)"
    assert gross["formulaTreatNullNumberAsZero"] is True
    assert (weight["calculated"], weight["calculatedFormula"]) == (True, None)
    assert (weight["type"], weight["createable"]) == ("double", False)
    assert described["Bought__c"]["defaultValueFormula"] == "TODAY()"


@pytest.mark.req("ORG-08")
def test_what_cannot_be_worked_out_is_empty(bikes):
    bike = bikes.create("Bike__c", Name="Gift", Price__c=0)

    assert bikes.query("SELECT Odd__c, Gross__c FROM Bike__c") == [
        {"Odd__c": None, "Gross__c": 0.0}
    ]
    read = bikes.call("GET", f"sobjects/Bike__c/{bike}").json()
    assert (read["Odd__c"], read["Dear__c"]) == (None, False)


@pytest.mark.req("ORG-08")
def test_a_default_formula_fills_what_the_client_left_out(bikes):
    bikes.create("Bike__c", Name="City")
    bikes.create("Bike__c", Name="Race", Code__c=None, Bought__c="2026-01-01")

    rows = bikes.query("SELECT Code__c, Bought__c FROM Bike__c ORDER BY Name")
    today = bikes.query("SELECT Id FROM Bike__c WHERE Bought__c = TODAY AND Name = 'City'")
    assert rows[0]["Code__c"] == "B-City"
    assert len(today) == 1
    assert rows[1] == {"Code__c": None, "Bought__c": "2026-01-01"}


SUMS = "SELECT Wheels__c, Weight__c, Lightest__c, Heaviest__c, Good_Wheels__c FROM Bike__c"


@pytest.mark.req("ORG-08")
def test_roll_ups_follow_their_children_as_they_come_change_and_go(bikes):
    bike = bikes.create("Bike__c", Name="City")
    assert list(bikes.query(SUMS)[0].values()) == [0.0, 0.0, None, None, 0.0]

    front = bikes.create("Wheel__c", Name="f", Bike__c=bike, Weight__c=1.5, Good__c=True)
    bikes.create("Wheel__c", Name="b", Bike__c=bike, Weight__c=2)
    assert list(bikes.query(SUMS)[0].values()) == [2.0, 3.5, 1.5, 2.0, 1.0]

    bikes.call("PATCH", f"sobjects/Wheel__c/{front}", json={"Weight__c": 3, "Good__c": False})
    assert list(bikes.query(SUMS)[0].values()) == [2.0, 5.0, 2.0, 3.0, 0.0]

    bikes.call("DELETE", f"sobjects/Wheel__c/{front}")
    assert list(bikes.query(SUMS)[0].values()) == [1.0, 2.0, 2.0, 2.0, 0.0]


@pytest.mark.req("ORG-08")
def test_a_roll_up_that_is_deployed_later_counts_what_is_there(bikes):
    bike = bikes.create("Bike__c", Name="City")
    bikes.create("Wheel__c", Name="f", Bike__c=bike, Weight__c=1.5)

    late = an_object("Bike", summary("All_Wheels", "count"))
    result = deploy(bikes, pack(**{"objects/Bike__c.object": late}))

    assert result["status"] == "Succeeded", result
    assert bikes.query("SELECT All_Wheels__c FROM Bike__c") == [{"All_Wheels__c": 1.0}]


@pytest.mark.parametrize(
    "fields",
    [
        field("Bad", "Text", formula="Nowhere__c &amp; Name"),
        field("Bad", "Text", formula="UNKNOWN(Name)"),
        summary("Bad", "sum", summarizedField="Wheel__c.Nowhere__c"),
    ],
)
@pytest.mark.req("ORG-12")
def test_a_calculated_field_over_nothing_is_not_deployed(bikes, fields):
    result = deploy(bikes, pack(**{"objects/Bike__c.object": an_object("Bike", fields)}))

    assert result["status"] == "Failed"
    names = {
        each["name"] for each in bikes.call("GET", "sobjects/Bike__c/describe").json()["fields"]
    }
    assert "Bad__c" not in names
