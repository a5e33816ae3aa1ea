"""Custom metadata types and custom settings: configuration as records."""

import pytest

from crm_sync.localorg.errors import SalesforceError
from tests.crm_sync.localorg.deploying import NS, deploy, pack, ship, soap

KIND = f"""<CustomObject {NS}><label>Region</label><pluralLabel>Regions</pluralLabel>
<visibility>Public</visibility>
<fields><fullName>Hub__c</fullName><label>Hub</label><type>Text</type><length>80</length>
<required>true</required></fields>
<fields><fullName>Days__c</fullName><label>Days</label><type>Number</type>
<precision>4</precision><scale>0</scale></fields>
<fields><fullName>Open__c</fullName><label>Open</label><type>Checkbox</type>
<defaultValue>true</defaultValue></fields>
<fields><fullName>Parent__c</fullName><label>Parent</label><type>MetadataRelationship</type>
<referenceTo>Region__mdt</referenceTo><relationshipName>Parts</relationshipName></fields>
</CustomObject>"""
SCHEMAS = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)


def record(label, **values):
    entries = "".join(
        f'<values><field>{name}</field><value xsi:type="xsd:string">{value}</value></values>'
        for name, value in values.items()
    )
    return f"<CustomMetadata {NS} {SCHEMAS}><label>{label}</label>{entries}</CustomMetadata>"


REGIONS = {
    "objects/Region__mdt.object": KIND,
    "customMetadata/Region.India.md": record("India", Hub__c="Pune", Days__c="2"),
    "customMetadata/Region.Goa.md": record(
        "Goa", Hub__c="Panaji", Open__c="false", Parent__c="India"
    ),
}


@pytest.mark.req("ORG-12")
def test_custom_metadata_is_deployed_and_asked_for_like_records(desk):
    assert ship(desk, **REGIONS) == []

    rows = desk.ask(
        "SELECT DeveloperName, MasterLabel, Label, QualifiedApiName, Hub__c, Days__c, Open__c, "
        "Parent__r.DeveloperName FROM Region__mdt ORDER BY DeveloperName DESC"
    )
    assert rows[0] == {
        "DeveloperName": "India",
        "MasterLabel": "India",
        "Label": "India",
        "QualifiedApiName": "India",
        "Hub__c": "Pune",
        "Days__c": 2.0,
        "Open__c": True,
        "Parent__r": None,
    }
    assert rows[1]["Parent__r"] == {"DeveloperName": "India"}
    assert rows[1]["Open__c"] is False
    assert desk.ask("SELECT Id FROM Region__mdt")[0]["Id"].startswith("m")


@pytest.mark.req("ORG-12")
def test_custom_metadata_changes_with_the_next_deploy_and_keeps_its_id(desk):
    ship(desk, **REGIONS)
    before = {row["DeveloperName"]: row["Id"] for row in desk.ask(
        "SELECT Id, DeveloperName FROM Region__mdt"
    )}  # fmt: skip

    changed = record("Bharat", Hub__c="Delhi")
    gone = (
        f"<Package {NS}><types><members>Region.Goa</members><name>CustomMetadata</name>"
        "</types></Package>"
    )
    files = {"customMetadata/Region.India.md": changed, "destructiveChanges.xml": gone}
    assert ship(desk, **files) == []

    rows = desk.ask("SELECT Id, MasterLabel, Hub__c, Days__c FROM Region__mdt")
    assert rows == [
        {"Id": before["India"], "MasterLabel": "Bharat", "Hub__c": "Delhi", "Days__c": None}
    ]


@pytest.mark.req("ORG-12")
def test_the_records_of_a_type_go_with_it(desk):
    ship(desk, **REGIONS)
    gone = (
        f"<Package {NS}><types><members>Region__mdt</members><name>CustomObject</name>"
        "</types></Package>"
    )

    assert ship(desk, **{"destructiveChanges.xml": gone}) == []

    assert desk.refused("SELECT Id FROM Region__mdt")[0] == "INVALID_TYPE"
    assert ship(desk, **{"objects/Region__mdt.object": KIND}) == []
    assert desk.ask("SELECT Id FROM Region__mdt") == []


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("Nowhere.A", {}, "In field: type - no CustomObject named Nowhere__mdt found"),
        ("Region.A", {}, "Required fields are missing: [Hub__c]"),
        (
            "Region.A",
            {"Hub__c": "x", "Bad__c": "1"},
            "In field: field - no CustomField named Region__mdt.Bad__c found",
        ),
    ],
)
@pytest.mark.req("ORG-12")
def test_custom_metadata_that_does_not_fit_its_type_is_refused(desk, name, values, problem):
    ship(desk, **REGIONS)

    assert ship(desk, **{f"customMetadata/{name}.md": record("A", **values)}) == [problem]

    assert len(desk.ask("SELECT Id FROM Region__mdt")) == 2


@pytest.mark.req("ORG-08")
def test_custom_metadata_cannot_be_written_by_the_data_services(desk):
    ship(desk, **REGIONS)

    with pytest.raises(SalesforceError) as refused:
        desk.create("Region__mdt", DeveloperName="X", MasterLabel="X", Hub__c="X")

    assert refused.value.code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert len(desk.ask("SELECT Id FROM Region__mdt")) == 2


def settings(kind):
    return f"""<CustomObject {NS}><customSettingsType>{kind}</customSettingsType>
<label>Rates</label><fields><fullName>Rate__c</fullName><label>Rate</label><type>Percent</type>
<precision>5</precision><scale>2</scale></fields></CustomObject>"""


@pytest.mark.req("ORG-08")
def test_a_list_setting_has_one_record_for_a_name(desk):
    ship(desk, **{"objects/Rates__c.object": settings("List")})
    desk.create("Rates__c", Name="Usual", Rate__c=5)

    with pytest.raises(SalesforceError) as twice:
        desk.create("Rates__c", Name="usual", Rate__c=6)
    with pytest.raises(SalesforceError) as unnamed:
        desk.create("Rates__c", Rate__c=6)

    assert (twice.value.code, unnamed.value.code) == ("DUPLICATE_VALUE", "REQUIRED_FIELD_MISSING")
    rows = desk.ask("SELECT Name, Rate__c, SetupOwnerId FROM Rates__c")
    assert rows == [{"Name": "Usual", "Rate__c": 5.0, "SetupOwnerId": desk.org.org_id}]


@pytest.mark.req("ORG-08")
def test_a_hierarchy_setting_has_one_record_for_each_user_profile_and_the_org(desk):
    ship(desk, **{"objects/Rates__c.object": settings("Hierarchy")})
    user = desk.org.user_id
    desk.create("Rates__c", Rate__c=5)
    desk.create("Rates__c", Rate__c=7, SetupOwnerId=user)

    with pytest.raises(SalesforceError) as twice:
        desk.create("Rates__c", Rate__c=6, SetupOwnerId=user)

    assert twice.value.code == "DUPLICATE_VALUE"
    rows = desk.ask("SELECT SetupOwnerId, SetupOwner.Name FROM Rates__c ORDER BY Rate__c")
    assert [row["SetupOwnerId"] for row in rows] == [desk.org.org_id, user]
    assert rows[1]["SetupOwner"]["Name"] == "Integration User"


@pytest.mark.req("ORG-12")
def test_custom_metadata_goes_through_single_calls_and_comes_back_in_a_package(org):
    assert deploy(org, pack(**REGIONS))["status"] == "Succeeded"
    given = (
        record("Bihar", Hub__c="Patna").partition("<label>")[2].removesuffix("</CustomMetadata>")
    )
    item = f'<metadata xsi:type="CustomMetadata"><fullName>Region.Bihar</fullName><label>{given}'

    made = soap(org, f"<createMetadata {NS} {SCHEMAS}>{item}</metadata></createMetadata>")
    rows = org.query("SELECT Hub__c, MasterLabel FROM Region__mdt WHERE DeveloperName = 'Bihar'")
    named = "<type>CustomMetadata</type><fullNames>Region.Bihar</fullNames>"
    read = soap(org, f"<readMetadata {NS}>{named}</readMetadata>")
    gone = soap(org, f"<deleteMetadata {NS}>{named}</deleteMetadata>")

    assert "<success>true</success>" in made
    assert [(each["Hub__c"], each["MasterLabel"]) for each in rows] == [("Patna", "Bihar")]
    assert "Patna" in read
    assert "<success>true</success>" in gone
    left = org.query("SELECT DeveloperName FROM Region__mdt ORDER BY DeveloperName")
    assert [each["DeveloperName"] for each in left] == ["Goa", "India"]
