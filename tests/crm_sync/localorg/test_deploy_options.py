"""How a deploy goes about its work: options, places of problems, value sets, changes of type."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.deploying import NS, PACKAGE, deploy, pack, soap
from tests.crm_sync.localorg.test_deploy import bike

TEXT = "<type>Text</type><length>20</length>"


def field(name, inner):
    return f"<fields><fullName>{name}</fullName><label>{name[:-3]}</label>{inner}</fields>"


def account(*fields):
    whole = "".join(fields)
    return {"objects/Account.object": f"<CustomObject {NS}>\n{whole}</CustomObject>"}


def manifest(**kinds):
    types = "".join(
        "<types>"
        + "".join(f"<members>{each}</members>" for each in names)
        + f"<name>{kind}</name></types>"
        for kind, names in kinds.items()
    )
    return f"<Package {NS}>{types}<version>67.0</version></Package>"


def problems(result):
    return {row["fullName"]: row["problem"] for row in result["details"]["componentFailures"]}


def fields_of(org, name="Account"):
    return {
        row["name"]: row for row in org.call("GET", f"sobjects/{name}/describe").json()["fields"]
    }


@pytest.mark.req("ORG-12")
def test_every_wrong_component_is_told_with_its_place(org):
    wrong = account(
        field("Good__c", TEXT),
        "\n  " + field("Bad__c", "<type>Magic</type>"),
        "\n" + field("Short__c", "<type>Text</type>"),
        "\n" + field("Sum__c", "<type>Number</type><formula>Nope__c + 1</formula>"),
    )

    result = deploy(org, pack(**wrong))

    assert (result["status"], result["success"], result["numberComponentErrors"]) == (
        "Failed",
        False,
        3,
    )
    assert (result["numberComponentsTotal"], result["numberComponentsDeployed"]) == (5, 2)
    found = problems(result)
    assert found["Account.Bad__c"] == "'Magic' is not a valid value for the enum 'FieldType'"
    assert found["Account.Short__c"] == "Must specify 'length' for a CustomField of type Text"
    assert "Nope__c" in found["Account.Sum__c"]
    rows = {row["fullName"]: row for row in result["details"]["componentFailures"]}
    bad = rows["Account.Bad__c"]
    assert (bad["lineNumber"], bad["columnNumber"], bad["problemType"]) == (3, 11, "Error")
    assert (bad["fileName"], bad["componentType"]) == ("objects/Account.object", "CustomField")
    assert "Good__c" not in fields_of(org)


@pytest.mark.req("ORG-12")
def test_what_is_good_stays_where_nothing_is_rolled_back(org):
    wrong = account(field("Good__c", TEXT), field("Bad__c", "<type>Magic</type>"))

    result = deploy(org, pack(**wrong), rollbackOnError=False)

    assert (result["status"], result["success"], result["rollbackOnError"]) == (
        "SucceededPartial",
        False,
        False,
    )
    assert "Good__c" in fields_of(org)
    assert "Bad__c" not in fields_of(org)


@pytest.mark.req("ORG-12")
def test_a_file_for_fields_is_no_object_and_nothing_good_is_no_part(org):
    listed = {"package.xml": manifest(CustomField=["Account.Bad__c"])}
    wrong = account(field("Bad__c", "<type>Magic</type>"))

    result = deploy(org, pack(**wrong, **listed), rollbackOnError=False)

    assert (result["status"], result["numberComponentsTotal"]) == ("Failed", 1)
    assert result["details"]["componentSuccesses"] == []


@pytest.mark.req("ORG-12")
def test_a_file_that_cannot_be_read_is_told_with_its_place(org):
    result = deploy(org, pack(**{"objects/Account.object": "<CustomObject>\n  <fields></field>"}))

    row = result["details"]["componentFailures"][0]
    assert (row["fileName"], row["lineNumber"]) == ("objects/Account.object", 2)
    assert "cannot be read" in row["problem"]


@pytest.mark.req("ORG-12")
def test_what_the_manifest_names_has_to_be_there(org):
    listed = manifest(CustomField=["Account.Good__c", "Account.Gone__c"], ApexClass=["*"])
    files = {**account(field("Good__c", TEXT)), "package.xml": listed}

    refused = deploy(org, pack(**files))
    allowed = deploy(org, pack(**files), allowMissingFiles=True)

    assert problems(refused) == {
        "Account.Gone__c": "An object 'Account.Gone__c' of type CustomField was named in "
        "package.xml, but was not found in zipped directory"
    }
    assert allowed["status"] == "Succeeded"


@pytest.mark.req("ORG-12")
def test_warnings_count_unless_they_are_ignored(org):
    gone = {"destructiveChanges.xml": manifest(CustomField=["Account.Never__c"])}

    strict = deploy(org, pack(**gone))
    lenient = deploy(org, pack(**gone), ignoreWarnings=True)

    assert strict["status"] == "Failed"
    row = strict["details"]["componentFailures"][0]
    assert (row["problem"], row["problemType"]) == (
        "No CustomField named: Account.Never__c found",
        "Warning",
    )
    row = lenient["details"]["componentSuccesses"][0]
    assert (lenient["status"], row["warning"], row["deleted"]) == ("Succeeded", True, True)
    assert row["fullName"] == row["fileName"] == "destructiveChanges.xml"
    assert (lenient["numberComponentsDeployed"], strict["numberComponentErrors"]) == (0, 1)


@pytest.mark.req("ORG-12")
def test_deletions_come_before_or_after_what_is_brought(org):
    deploy(org, pack(**account(field("One__c", TEXT), field("Two__c", TEXT))))

    before = deploy(
        org,
        pack(
            **account(field("One__c", TEXT)),
            **{"destructiveChangesPre.xml": manifest(CustomField=["Account.One__c"])},
        ),
    )
    after = deploy(
        org, pack(**{"destructiveChangesPost.xml": manifest(CustomField=["Account.Two__c"])})
    )

    assert (before["status"], after["status"]) == ("Succeeded", "Succeeded")
    assert "One__c" in fields_of(org)
    assert "Two__c" not in fields_of(org)


@pytest.mark.req("ORG-12")
def test_a_validation_is_deployed_later_without_its_files(org):
    checked = deploy(org, bike(), checkOnly=True, testLevel="RunLocalTests")
    assert checked["runTestsEnabled"] is True
    assert org.call("GET", "sobjects/Bike__c").status_code == 404

    body = {"validatedDeployRequestId": checked["id"]}
    made = org.call("POST", "metadata/deployRequest", json=body)
    again = soap(
        org,
        f"<deployRecentValidation {NS}><validationId>{made.json()['id']}</validationId>"
        "</deployRecentValidation>",
    )

    assert (made.status_code, made.json()["validatedDeployRequestId"]) == (201, checked["id"])
    assert org.call("GET", "sobjects/Bike__c").status_code == 200
    assert "sf:INVALID_ID_FIELD" in again
    assert "INVALID_CROSS_REFERENCE_KEY" in soap(
        org, f"<checkDeployStatus {NS}><asyncProcessId>0Af</asyncProcessId></checkDeployStatus>"
    )


@pytest.mark.req("ORG-12")
def test_a_wish_to_cancel_is_taken(org):
    done = deploy(org, bike())
    address = f"metadata/deployRequest/{done['id']}"

    taken = org.call("PATCH", address, json={"deployResult": {"status": "Canceling"}})
    wrong = org.call("PATCH", address, json={"deployResult": {"status": "Failed"}})

    assert (taken.status_code, taken.json()["deployResult"]["status"]) == (202, "Succeeded")
    assert (wrong.status_code, code_of(wrong)) == (400, "INVALID_REQUEST")


@pytest.mark.req("ORG-12")
@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (TEXT, "<type>Text</type><formula>Name</formula>", "to a Formula from something else"),
        ("<type>Text</type><formula>Name</formula>", TEXT, "from a Formula to something else"),
        (
            TEXT,
            "<type>Lookup</type><referenceTo>Account</referenceTo>",
            "Cannot change the type of a field from Text to Lookup",
        ),
        (
            "<type>Date</type>",
            "<type>AutoNumber</type><displayFormat>A-{0}</displayFormat>",
            "Cannot change the type of a field from Date to AutoNumber",
        ),
        (TEXT, "<type>Text</type><length>40</length>", ""),
        (TEXT, "<type>LongTextArea</type><length>900</length>", ""),
        ("<type>Number</type><precision>9</precision><scale>0</scale>", TEXT, ""),
    ],
)
def test_a_field_changes_its_type_only_where_it_can(org, before, after, problem):
    assert deploy(org, pack(**account(field("Odd__c", before))))["status"] == "Succeeded"

    result = deploy(org, pack(**account(field("Odd__c", after))))

    assert (result["status"] == "Succeeded") == (not problem)
    assert problem in problems(result).get("Account.Odd__c", "")


SET = f"""<GlobalValueSet {NS}><masterLabel>Sizes</masterLabel><sorted>false</sorted>
<customValue><fullName>S</fullName><default>true</default><label>Small</label></customValue>
<customValue><fullName>L</fullName><default>false</default><label>Large</label></customValue>
</GlobalValueSet>"""
SOURCES = f"""<StandardValueSet {NS}><sorted>false</sorted>
<standardValue><fullName>Fair</fullName><default>false</default><label>Fair</label></standardValue>
</StandardValueSet>"""
SHARED = "<type>Picklist</type><valueSet><valueSetName>{}</valueSetName></valueSet>"


@pytest.mark.req("ORG-12", "ORG-08")
def test_value_sets_give_their_values_to_fields(org):
    result = deploy(
        org,
        pack(
            **account(field("Size__c", SHARED.format("Sizes"))),
            **{
                "globalValueSets/Sizes.globalValueSet": SET,
                "standardValueSets/LeadSource.standardValueSet": SOURCES,
            },
        ),
    )

    assert result["status"] == "Succeeded", result["details"]
    shown = fields_of(org)["Size__c"]
    assert [(each["value"], each["label"]) for each in shown["picklistValues"]] == [
        ("S", "Small"),
        ("L", "Large"),
    ]
    assert shown["restrictedPicklist"] is True
    sources = fields_of(org, "Lead")["LeadSource"]["picklistValues"]
    assert [each["value"] for each in sources] == ["Fair"]
    made = org.create("Account", Name="A")
    assert org.query("SELECT Size__c FROM Account") == [{"Size__c": "S"}]
    refused = org.call("PATCH", f"sobjects/Account/{made}", json={"Size__c": "M"})
    assert code_of(refused) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    unknown = deploy(org, pack(**account(field("Other__c", SHARED.format("Nope")))))
    assert problems(unknown) == {
        "Account.Other__c": "In field: valueSetName - no GlobalValueSet named Nope found"
    }


@pytest.mark.req("ORG-12")
def test_what_a_project_says_of_standard_fields_does_no_harm(org):
    said = "<fields><fullName>Name</fullName><trackHistory>true</trackHistory></fields>"
    unknown = "<fields><fullName>Tradestyle</fullName><trackHistory>false</trackHistory></fields>"

    result = deploy(org, pack(**account(said, unknown)))

    assert result["status"] == "Succeeded", result["details"]
    assert fields_of(org)["Name"]["length"] == 255
    assert "Tradestyle" not in fields_of(org)


@pytest.mark.req("ORG-12")
def test_a_retrieve_names_what_is_not_there(org):
    wish = (
        f"<retrieve {NS}><retrieveRequest><unpackaged><types><members>Account.Never__c</members>"
        "<members>Account.Shop_Id__c</members><name>CustomField</name></types></unpackaged>"
        "</retrieveRequest></retrieve>"
    )
    job = soap(org, wish).partition("<id>")[2].partition("</id>")[0]
    ask = f"<checkRetrieveStatus {NS}><asyncProcessId>{job}</asyncProcessId>"

    whole = soap(org, f"{ask}</checkRetrieveStatus>")
    told = soap(org, f"{ask}<includeZip>false</includeZip></checkRetrieveStatus>")

    problem = "Entity of type 'CustomField' named 'Account.Never__c' cannot be found"
    assert f"<problem>{problem}</problem>" in whole
    assert problem in told
    assert len(told) < len(whole)
    listed = soap(
        org, f"<listMetadata {NS}><queries><type>CustomObject</type></queries></listMetadata>"
    )
    assert "<fullName>Contact</fullName>" in listed
    assert listed.count("<fullName>Account</fullName>") == 1


@pytest.mark.req("ORG-12", "ORG-01")
def test_a_zip_writes_nothing_outside_of_the_org(org):
    result = deploy(
        org,
        pack(**{"../../objects/Account.object": "<CustomObject/>", "/etc/x.settings": "<x/>"}),
    )

    assert result["done"] is True
    assert not (org.folder.parent / "objects").exists()


@pytest.mark.req("ORG-01")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(
        (
            "package.xml",
            "objects/Account.object",
            "destructiveChanges.xml",
            "settings/Order.settings",
        )
    ),
    body=st.one_of(
        st.binary(max_size=60),
        st.text(alphabet="<>/&;a[] \n\x00", max_size=60).map(str.encode),
        st.sampled_from((b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a>" * 3000)),
    ),
)
def test_no_file_makes_a_deploy_fall_over(org, name, body):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, body)
        if name != "package.xml":
            archive.writestr("package.xml", PACKAGE)

    result = deploy(org, buffer.getvalue(), checkOnly=True)

    assert result["status"] in {"Succeeded", "Failed"}
    assert all(row["problem"] for row in result["details"]["componentFailures"])
