"""The Metadata API through a client built by zeep."""

import io
import zipfile

import pytest
import zeep

from tests.contract.test_zeep import Partner

pytestmark = [pytest.mark.contract, pytest.mark.req("ORG-01")]


@pytest.fixture(scope="session")
def metadata_description(org_process):
    return zeep.Client(f"{org_process.url}/services/wsdl/metadata")


@pytest.fixture
def metadata(org, metadata_description):
    client = Partner(metadata_description, org.bearer()["Authorization"][7:])
    client.answer = lambda name, *given, **named: client.call(name, *given, **named)
    return client


PACKAGE = """<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types>
<members>Account.Told__c</members><name>CustomField</name></types><version>67.0</version></Package>"""
OBJECT = """<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><fields>
<fullName>Told__c</fullName><label>Told</label><length>40</length><type>Text</type></fields>
</CustomObject>"""


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__in__", "/").replace("__dot__", "."), text)
    return buffer.getvalue()


@pytest.mark.req("ORG-12")
def test_metadata_is_deployed_and_retrieved(metadata, org):
    content = zipped(package__dot__xml=PACKAGE, objects__in__Account__dot__object=OBJECT)
    options = dict.fromkeys(
        ("allowMissingFiles", "autoUpdatePackage", "checkOnly", "ignoreWarnings"), False
    )
    options |= {"performRetrieve": False, "purgeOnDelete": False}
    wish = {**options, "rollbackOnError": True, "singlePackage": True}

    sent = metadata.answer("deploy", content, wish)
    done = metadata.answer("checkDeployStatus", sent.id, True)
    asked = {"types": [{"members": ["Account.Told__c"], "name": "CustomField"}], "version": "67.0"}
    request = {"apiVersion": 67.0, "singlePackage": True, "unpackaged": asked}
    job = metadata.answer("retrieve", request)
    back = metadata.answer("checkRetrieveStatus", job.id, True)

    assert (done.done, done.success, done.numberComponentErrors) == (True, True, 0)
    names = [row.fullName for row in back.fileProperties]
    assert names == ["Account.Told__c", "unpackaged/package.xml"]
    assert "objects/Account.object" in zipfile.ZipFile(io.BytesIO(back.zipFile)).namelist()
    assert org.create("Account", Name="A", Told__c="x")


@pytest.mark.req("ORG-12")
def test_metadata_is_listed_and_read(metadata):
    listed = metadata.answer("listMetadata", [{"type": "PermissionSet"}], 67.0)
    described = metadata.answer("describeMetadata", 67.0)
    read = metadata.answer("readMetadata", "CustomField", ["Account.Shop_Id__c", "Account.No__c"])

    assert [row.fullName for row in listed] == ["Shop_Integration"]
    assert "CustomObject" in {row.xmlName for row in described.metadataObjects}
    assert read[0].fullName == "Account.Shop_Id__c"
    assert read[1].fullName is None
