"""Records of setup that clients look at: hours, schedules, licenses, groups of permission sets."""

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_soap import send


@pytest.mark.req("ORG-08")
def test_hours_and_schedules_are_there_to_be_read(org):
    soql = "SELECT Name, IsDefault, MondayStartTime FROM BusinessHours"
    assert org.query(soql) == [
        {"Name": "Default", "IsDefault": True, "MondayStartTime": "00:00:00.000Z"}
    ]
    assert org.query("SELECT Id, CronJobDetail.Name FROM CronTrigger") == []
    org.create("ApexEmailNotification", Email="bugs@example.com")
    again = org.call("POST", "sobjects/ApexEmailNotification", json={"Email": "bugs@example.com"})
    assert code_of(again) == "DUPLICATE_VALUE"


@pytest.mark.req("ORG-08")
def test_licenses_and_groups_of_permission_sets_can_be_asked_for(org):
    soql = "SELECT UserLicense.LicenseDefinitionKey FROM Profile"
    assert {row["UserLicense"]["LicenseDefinitionKey"] for row in org.query(soql)} == {"SFDC"}
    group = org.create("PermissionSetGroup", DeveloperName="Sales", MasterLabel="Sales")
    made = org.create(
        "PermissionSet", Name="Purge", Label="Purge", PermissionsBulkApiHardDelete=True
    )
    user = org.query("SELECT Id FROM User")[0]["Id"]
    facts = {"PermissionSetId": made, "AssigneeId": user, "PermissionSetGroupId": group}
    org.create("PermissionSetAssignment", **facts)

    inner = "SELECT PermissionSet.Name, PermissionSetGroup.Status FROM PermissionSetAssignments"
    rows = org.query(f"SELECT ({inner} WHERE PermissionSetGroupId != null) FROM User")
    found = rows[0]["PermissionSetAssignments"]["records"][0]
    assert found["PermissionSet"]["Name"] == "Purge"
    assert found["PermissionSetGroup"]["Status"] == "Updated"
    soql = "SELECT Id, (SELECT Id FROM PermissionSetLicenseAssignments) FROM User"
    assert len(org.query(soql)) == 1
    assert org.query("SELECT SobjectName FROM TabDefinition WHERE IsCustom = true") == []


@pytest.mark.req("ORG-03")
def test_older_clients_ask_for_the_state_of_a_retrieve_before_they_fetch_it(org):
    package = "<retrieveRequest><unpackaged><version>62.0</version></unpackaged></retrieveRequest>"
    started = send(org, "m", f"<retrieve>{package}</retrieve>").text
    job = started.partition("<id>")[2].partition("</id>")[0]
    ask = "<checkStatus><asyncProcessId>{}</asyncProcessId></checkStatus>"

    assert "<done>true</done>" in send(org, "m", ask.format(job)).text
    assert "INVALID_CROSS_REFERENCE_KEY" in send(org, "m", ask.format("09S000000000000")).text
    assert b"checkStatus" not in org.call("GET", "../../wsdl/metadata").content


@pytest.mark.req("ORG-03")
def test_soap_takes_a_version_with_its_letter_and_names_one_that_it_cannot_read(org):
    named = send(org, "u", "<getUserInfo/>", "v62.0")
    broken = send(org, "u", "<getUserInfo/>", "latest")

    assert named.status_code == 200
    assert "Invalid Api version specified on URL" in broken.text
    assert "UNSUPPORTED_API_VERSION" in broken.text


@pytest.mark.req("ORG-03")
def test_older_soap_clients_name_what_they_delete_in_their_own_way(org):
    made = org.create("Contact", LastName="Rao")

    answer = send(org, "u", f"<delete><id>{made}</id></delete>")

    assert f"<id>{made}</id><success>true</success>" in answer.text
    assert org.query("SELECT Id FROM Contact") == []
