"""Metadata goes in and comes out, over REST and SOAP."""

import base64
import io
import os
import re
import zipfile

import pytest

from tests.crm_sync.localorg.deploying import NS, deploy, pack, soap

BIKE = f"""<CustomObject {NS}><label>Bike</label><pluralLabel>Bikes</pluralLabel>
<nameField><label>Name</label><type>Text</type></nameField>
<fields><fullName>Price__c</fullName><label>Price</label><precision>10</precision>
<scale>2</scale><type>Currency</type></fields>
<fields><fullName>Maker__c</fullName><label>Maker</label><referenceTo>Account</referenceTo>
<relationshipName>Bikes</relationshipName><type>Lookup</type></fields>
<validationRules><fullName>Not_Free</fullName><active>true</active>
<errorConditionFormula>{{formula}}</errorConditionFormula>
<errorMessage>Nothing is free</errorMessage></validationRules></CustomObject>"""


def bike(formula="Price__c &lt;= 0"):
    return pack(**{"objects/Bike__c.object": BIKE.format(formula=formula)})


@pytest.mark.req("ORG-12")
def test_a_deploy_creates_an_object_with_its_fields_and_rules(org):
    result = deploy(org, bike())

    maker = org.create("Account", Name="Maker")
    org.create("Bike__c", Name="Tandem", Price__c=900, Maker__c=maker)
    free = org.call("POST", "sobjects/Bike__c", json={"Name": "Gift", "Price__c": 0})
    assert (result["status"], result["numberComponentErrors"]) == ("Succeeded", 0)
    assert free.json()[0]["message"] == "Nothing is free"
    found = org.query("SELECT Name, (SELECT Name, Price__c FROM Bikes__r) FROM Account")
    assert found[0]["Bikes__r"]["records"][0]["Price__c"] == 900.0


@pytest.mark.parametrize(
    "content",
    [
        bike("NOPE(Price__c)"),
        pack(**{"objects/Account.object": f"<CustomObject {NS}><fields><fullName>X__c</fullName>"
                "<type>Magic</type></fields></CustomObject>"}),
        pack(**{"objects/Account.object": "<broken"}),
        b"no zip at all",
    ],
)  # fmt: skip
@pytest.mark.req("ORG-12")
def test_a_deploy_that_does_not_fit_changes_nothing(org, content):
    before = org.call("GET", "sobjects").json()["sobjects"]

    result = deploy(org, content)

    assert result["status"] == "Failed"
    assert result["details"]["componentFailures"][0]["problem"]
    assert org.call("GET", "sobjects").json()["sobjects"] == before


@pytest.mark.req("ORG-12")
def test_a_check_only_deploy_changes_nothing(org):
    assert deploy(org, bike(), checkOnly=True)["status"] == "Succeeded"

    assert org.call("GET", "sobjects/Bike__c").status_code == 404


@pytest.mark.req("ORG-12")
def test_a_destructive_deploy_takes_a_field_and_an_object_away(org):
    deploy(org, bike())
    gone = (
        f"<Package {NS}><types><members>Bike__c</members><name>CustomObject</name></types>"
        "<types><members>Cart__c.Total__c</members><name>CustomField</name></types></Package>"
    )

    result = deploy(org, pack(**{"destructiveChanges.xml": gone}))

    assert result["status"] == "Succeeded", result
    assert org.call("GET", "sobjects/Bike__c").status_code == 404
    described = org.call("GET", "sobjects/Cart__c/describe").json()
    assert "Total__c" not in {field["name"] for field in described["fields"]}


def test_a_zip_that_swells_is_refused(org):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("objects/Account.object", b" " * 70_000_000)

    result = deploy(org, bomb.getvalue())

    assert result["status"] == "Failed"
    assert "too large" in result["details"]["componentFailures"][0]["problem"]


@pytest.mark.req("ORG-12")
def test_the_command_lines_way_of_deploying_and_retrieving_works(org):
    zipped = base64.b64encode(bike()).decode()
    started = soap(org, f"<deploy {NS}><ZipFile>{zipped}</ZipFile><DeployOptions/></deploy>")
    job = re.search(r"<id>(\w+)</id>", started).group(1)
    ask = (
        f"<checkDeployStatus {NS}><asyncProcessId>{job}</asyncProcessId>"
        "<includeDetails>true</includeDetails></checkDeployStatus>"
    )
    answers = [soap(org, ask) for _ in range(2)]
    wish = (
        f"<retrieve {NS}><retrieveRequest><singlePackage>true</singlePackage><unpackaged>"
        "<types><members>Bike__c</members><name>CustomObject</name></types></unpackaged>"
        "</retrieveRequest></retrieve>"
    )
    job = re.search(r"<id>(\w+)</id>", soap(org, wish)).group(1)
    back = soap(
        org,
        f"<checkRetrieveStatus {NS}><asyncProcessId>{job}</asyncProcessId></checkRetrieveStatus>",
    )

    assert "<status>Succeeded</status>" in answers[-1]
    content = base64.b64decode(re.search(r"<zipFile>([^<]+)</zipFile>", back).group(1))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {"objects/Bike__c.object", "package.xml"}
        assert b"Price__c" in archive.read("objects/Bike__c.object")
    assert "<xmlName>CustomObject</xmlName>" in soap(org, f"<describeMetadata {NS}/>")


@pytest.mark.req("ORG-12")
def test_a_zip_of_many_megabytes_comes_over_soap(org):
    files = {"staticresources/big.resource": os.urandom(9_000_000)}
    files["staticresources/big.resource-meta.xml"] = f"<StaticResource {NS}/>"
    zipped = base64.b64encode(pack(**files)).decode()

    started = soap(org, f"<deploy {NS}><ZipFile>{zipped}</ZipFile><DeployOptions/></deploy>")

    assert len(zipped) > 10_000_000
    assert re.search(r"<id>0Af\w{15}</id>", started)


def destructive(kind, name):
    body = f"<Package {NS}><types><members>{name}</members><name>{kind}</name></types></Package>"
    return pack(**{"destructiveChanges.xml": body})


@pytest.mark.req("ORG-12")
def test_what_was_validated_is_deployed_without_sending_it_again(org):
    checked = deploy(org, bike(), checkOnly=True)
    wish = {"validatedDeployRequestId": checked["id"]}

    started = org.call("POST", "metadata/deployRequest", json=wish)
    done = org.call("GET", f"metadata/deployRequest/{started.json()['id']}").json()
    unknown = org.call(
        "POST", "metadata/deployRequest", json={"validatedDeployRequestId": done["id"]}
    )

    assert started.status_code == 201
    assert started.json()["id"] != checked["id"]
    assert started.json()["validatedDeployRequestId"] == checked["id"]
    assert done["deployResult"]["status"] == "Succeeded"
    assert (
        org.call("POST", "sobjects/Bike__c", json={"Name": "B", "Price__c": 5}).status_code == 201
    )
    assert unknown.json()[0]["errorCode"] == "INVALID_ID_FIELD"


@pytest.mark.req("ORG-12")
def test_quick_deploys_and_cancelling_work_over_soap_too(org):
    checked = deploy(org, bike(), checkOnly=True)["id"]
    before = soap(
        org,
        f"<m:deployRecentValidation><m:validationId>{checked}</m:validationId>"
        "</m:deployRecentValidation>",
    )
    late = soap(org, f"<m:cancelDeploy><m:id>{checked}</m:id></m:cancelDeploy>")

    assert re.search(r"<result>0Af\w{15}</result>", before)
    assert org.call("GET", "sobjects/Bike__c").status_code == 200
    assert "<faultcode>sf:INVALID_ID_FIELD</faultcode>" in late


@pytest.mark.req("ORG-12")
def test_deleting_what_is_not_there_is_a_warning_that_can_be_ignored(org):
    content = destructive("ApexClass", "Nothing")

    strict = deploy(org, content)
    lenient = deploy(org, content, ignoreWarnings=True)

    problem = "No ApexClass named: Nothing found"
    assert (strict["status"], lenient["status"]) == ("Failed", "Succeeded")
    assert [row["problem"] for row in strict["details"]["componentFailures"]] == [problem]
    told = lenient["details"]["componentSuccesses"][0]
    assert (told["problem"], told["problemType"], told["warning"]) == (problem, "Warning", True)


@pytest.mark.req("ORG-12")
def test_a_second_deploy_of_the_same_changes_nothing(org):
    first, second = deploy(org, bike()), deploy(org, bike())

    rows = [each["details"]["componentSuccesses"] for each in (first, second)]
    assert {(row["created"], row["changed"]) for row in rows[0]} == {(True, True)}
    assert {(row["created"], row["changed"]) for row in rows[1]} == {(False, False)}
    assert first["status"] == second["status"] == "Succeeded"


@pytest.mark.req("ORG-12")
def test_a_broken_field_is_named_with_its_kind(org):
    broken = BIKE.replace("<type>Currency</type>", "<type>Nonsense</type>")

    done = deploy(org, pack(**{"objects/Bike__c.object": broken.format(formula="1 = 2")}))

    failure = done["details"]["componentFailures"][0]
    assert (failure["componentType"], failure["fullName"]) == ("CustomField", "Bike__c.Price__c")


@pytest.mark.req("ORG-12")
def test_every_part_of_an_object_that_is_not_there_is_named(org):
    body = BIKE.format(formula="1 = 2").replace("<label>Bike", "<x/><label>Bike")
    manifest = (
        f"<Package {NS}><types><members>Bike__c.Price__c</members><members>Bike__c.Maker__c"
        "</members><name>CustomField</name></types><version>67.0</version></Package>"
    )

    done = deploy(org, pack(**{"package.xml": manifest, "objects/Bike__c.object": body}))

    told = {row["fullName"]: row["problem"] for row in done["details"]["componentFailures"]}
    names = ("Bike__c.Price__c", "Bike__c.Maker__c", "Bike__c.Not_Free")
    assert told == dict.fromkeys(names, "no CustomObject named Bike__c found")


@pytest.mark.req("ORG-12")
def test_kinds_without_effect_are_kept_in_their_folders_and_given_back(org):
    files = {
        "customPermissions/May_Fly.customPermission": f"<CustomPermission {NS}/>",
        "reports/Sales/Open.report": f"<Report {NS}><name>Open</name></Report>",
    }
    done = deploy(org, pack(**files))
    listed = soap(
        org,
        "<m:listMetadata><m:queries><m:type>Report</m:type></m:queries>"
        "<m:queries><m:type>CustomPermission</m:type></m:queries></m:listMetadata>",
    )

    assert done["status"] == "Succeeded"
    names = re.findall(r"<fullName>(.*?)</fullName>", listed)
    assert [each for each in names if not each.startswith("Shop")] == ["May_Fly", "Sales/Open"]
    assert "<fileName>reports/Sales/Open.report</fileName>" in listed


@pytest.mark.req("ORG-12")
def test_metadata_is_described_with_all_its_kinds_and_standard_objects_are_listed(org):
    described = soap(org, "<m:describeMetadata/>")
    listed = soap(
        org,
        "<m:listMetadata><m:queries><m:type>CustomObject</m:type></m:queries></m:listMetadata>",
    )

    names = re.findall(r"<xmlName>(.*?)</xmlName>", described)
    assert len(names) > 150
    assert {"CustomObject", "Flow", "Report", "Role"} <= set(names)
    assert {"Account", "Order", "Cart__c"} <= set(re.findall(r"<fullName>(.*?)</fullName>", listed))


@pytest.mark.req("ORG-12")
def test_a_retrieve_says_what_it_did_not_find(org):
    asked = soap(
        org,
        "<m:retrieve><m:request><m:unpackaged><m:types><m:members>Account.Nope__c</m:members>"
        "<m:name>CustomField</m:name></m:types></m:unpackaged></m:request></m:retrieve>",
    )
    job = re.search(r"<id>(.*?)</id>", asked).group(1)
    told = soap(
        org,
        f"<m:checkRetrieveStatus><m:asyncProcessId>{job}</m:asyncProcessId>"
        "</m:checkRetrieveStatus>",
    )

    assert "Entity of type 'CustomField' named 'Account.Nope__c' cannot be found" in told
