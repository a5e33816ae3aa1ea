"""Formula functions of times, lengths of time and places."""

from datetime import UTC, date, datetime

import pytest

from crm_sync.localorg.formula.parser import compile_formula
from crm_sync.localorg.formula.values import Scene, text
from tests.crm_sync.localorg.deploying import NS, ship

NOW = datetime(2026, 11, 21, 14, 30, 5, tzinfo=UTC)


def worked_out(source, **fields):
    def read(path):
        return fields[path[0]]

    return compile_formula(source)(Scene(read, read, False, NOW, date(2026, 11, 21)))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('HOUR(TIMEVALUE("17:30:45.125"))', 17.0),
        ('MILLISECOND(TIMEVALUE("17:30:45.125"))', 125.0),
        ('SECOND(TIMEVALUE("17:30:45.125"))', 45.0),
        ("TIMEVALUE(NOW()) = TIMENOW()", True),
        ('TEXT(TIMEVALUE("17:30:00") + 90000)', "17:31:30.000Z"),
        ('TIMEVALUE("17:30:00") - TIMEVALUE("17:29:00")', 60000.0),
        ('TIMEVALUE("09:00:00") < TIMEVALUE("17:00:00")', True),
        ("FORMATDURATION(100000)", "27:46:40"),
        ("FORMATDURATION(100000, true)", "01:03:46:40"),
        ("FORMATDURATION(NOW(), NOW() - 1)", "24:00:00"),
        ("PICKLISTCOUNT(Kinds)", 2.0),
        ('CURRENCYRATE("INR")', 1.0),
        ('ROUND(DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 1), "km"), 1)', 111.2),
        ('ROUND(DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 1), "mi"), 1)', 69.1),
    ],
)
@pytest.mark.req("ORG-08")
def test_functions_of_times_and_places(source, value):
    assert worked_out(source, Kinds="Red;Blue") == value
    assert text(value)


@pytest.mark.req("ORG-08")
def test_a_formula_field_measures_from_a_place_and_from_an_address(desk):
    def away(name, field):
        source = f"ROUND(DISTANCE({field}, GEOLOCATION(0, 1), 'km'), 1)"
        return (
            f"<fields><fullName>{name}</fullName><label>{name}</label><formula>{source}</formula>"
            "<precision>18</precision><scale>1</scale><type>Number</type></fields>"
        )

    place = (
        "<fields><fullName>Spot__c</fullName><label>Spot</label><scale>4</scale>"
        "<type>Location</type></fields>"
    )
    body = f"<CustomObject {NS}>{place}{away('Far__c', 'Spot__c')}"
    body += f"{away('Off__c', 'BillingAddress')}</CustomObject>"
    assert ship(desk, **{"objects/Account.object": body}) == []
    here = {"BillingLatitude": 0, "BillingLongitude": 2}
    desk.create("Account", Name="A", Spot__Latitude__s=0, Spot__Longitude__s=0, **here)

    assert desk.ask("SELECT Far__c, Off__c FROM Account") == [{"Far__c": 111.2, "Off__c": 111.2}]
