"""The package for the org: what it holds, its version, and whether an org's version fits."""

import re
import zipfile
from io import BytesIO

import pytest
from lxml import etree

from crm_sync import connections, doctor, package
from crm_sync.client.org import Org
from crm_sync.package import NAMESPACE, SOURCE, Version
from tests.crm_sync.localorg.deploying import deploy
from tests.crm_sync.orgs import OrgProcess, free_port

NS = {"m": NAMESPACE}


class Answers:
    """An org that has a package of some version."""

    def __init__(self, *versions):
        self.rows = [{"Version__c": version} for version in versions]

    def query(self, soql):
        assert soql == package.QUESTION
        return self.rows


def the_check(*versions):
    (check,) = package.version_checks(Answers(*versions))
    return check


@pytest.mark.req("OPS-09")
@pytest.mark.parametrize(
    ("installed", "is_served"),
    [
        ("1.2.0", True),
        ("1.2.9", True),
        ("1.3.0", True),
        ("1.1.9", False),
        ("0.9.0", False),
        ("2.0.0", False),
        ("2.2.0", False),
    ],
)
def test_a_later_minor_version_serves_and_another_major_does_not(installed, is_served):
    assert Version.read(installed).serves(Version.read("1.2.3.NEXT")) is is_served


@pytest.mark.req("OPS-09")
def test_an_older_package_is_told_with_both_versions_and_how_to_mend_it(monkeypatch):
    monkeypatch.setattr(package, "shipped_version", lambda: Version(2, 4, 0))

    older, newer = the_check("2.3.7"), the_check("3.0.0")

    assert older.detail == "The org has version 2.3.7 of the package, this shop needs 2.4.0."
    assert (older.is_ok, older.fix) == (False, package.DEPLOY)
    assert (newer.is_ok, newer.fix) == (False, package.UPGRADE)
    assert the_check("2.4.0").is_ok
    assert the_check("two").detail == "'two' is no version of a package."
    assert not the_check("two").is_ok


@pytest.mark.req("OPS-09")
def test_an_org_without_a_version_is_left_to_the_checks_of_its_fields():
    check = the_check()

    assert check.is_ok
    assert check.detail.startswith("the org names no version")


@pytest.mark.req("OPS-09")
def test_the_version_stands_in_the_package_itself():
    record = etree.parse(SOURCE / "customMetadata" / "Shop_Package.Modern_Store.md-meta.xml")

    assert record.findtext("m:values/m:value", namespaces=NS) == str(package.shipped_version())


@pytest.mark.req("OPS-09", "CRM-38")
def test_the_doctor_reads_the_version_from_the_org(connected):
    client = Org(connections.setup_of(connected).credentials)
    try:
        (check,) = package.version_checks(client)
    finally:
        client.close()

    version = package.shipped_version()
    assert check.is_ok
    assert check.detail == f"version {version}; this shop needs {version}"


@pytest.mark.req("OPS-09")
def test_the_bundle_holds_every_file_once_and_is_the_same_every_time():
    content = package.bundle()

    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        order = etree.fromstring(archive.read("objects/Order.object"))
        assert archive.testzip() is None
    assert content == package.bundle()
    assert len(names) == len(set(names))
    assert {
        "package.xml",
        "objects/Payment__c.object",
        "permissionsets/Shop_Integration.permissionset",
        "settings/Order.settings",
        "reports/Shop-meta.xml",
        "reports/Shop/Orders_to_Fulfill.report",
        "customMetadata/Shop_Package.Modern_Store.md",
    } <= set(names)
    fields = {path.name.split(".")[0] for path in (SOURCE / "objects/Order/fields").iterdir()}
    assert {
        each.findtext("m:fullName", namespaces=NS) for each in order.findall("m:fields", NS)
    } == fields
    tags = [part.tag for part in order]
    assert tags == sorted(tags)


@pytest.mark.req("OPS-09", "CRM-43")
def test_the_bundle_makes_an_empty_org_fit_for_the_shop(connected, tmp_path):
    bare = tmp_path / "bare"
    bare.mkdir()
    org = OrgProcess(port=free_port(), folder=tmp_path / "org", metadata=bare).start()
    try:
        connected.login_url = org.url
        connected.client_id = org.credentials["client_id"]
        connected.client_secret = org.credentials["client_secret"]
        client = Org(connections.setup_of(connected).credentials)
        assert any(not check.is_ok for check in doctor.examine(client))
        outcome = deploy(org, package.bundle(), singlePackage=True, rollbackOnError=True)
        checks = doctor.examine(client)
        client.close()
    finally:
        org.stop()

    assert outcome["details"]["componentFailures"] == []
    assert outcome["status"] == "Succeeded"
    assert [check for check in checks if not check.is_ok] == []
    assert f"version {package.shipped_version()};" in " ".join(check.detail for check in checks)


@pytest.mark.req("CRM-43")
def test_reports_speak_of_fields_that_are_there():
    (kind,) = (SOURCE / "reportTypes").iterdir()
    columns = etree.parse(kind).findall("m:sections/m:columns", NS)
    own = {f"Order${each.findtext('m:field', namespaces=NS)}" for each in columns}
    reports = sorted((SOURCE / "reports" / "Shop").iterdir())

    assert len(reports) == 4
    for path in reports:
        root = etree.parse(path)
        base = root.findtext("m:reportType", namespaces=NS)
        named = {
            each.text
            for each in root.iter(f"{{{NAMESPACE}}}field", f"{{{NAMESPACE}}}column")
            if each.text != "CUST_NAME"
        }
        if base == "Shop_Orders__c":
            assert named <= own, path.name
            continue
        known = {
            f"{each.parts[-3]}.{each.name.split('.')[0]}"
            for each in (SOURCE / "objects").glob("*/fields/*.xml")
        }
        assert named <= known, path.name
        assert re.fullmatch(r"CustomEntity\$\w+__c", base)
