"""Metadata that consists of several files: bundles, code, resources, documents."""

import base64
import io
import re
import zipfile

import pytest

from tests.crm_sync.localorg.deploying import NS, deploy, pack, soap

FILES = {
    "lwc/hello/hello.js": "export default class Hello {}",
    "lwc/hello/hello.html": "<template></template>",
    "lwc/hello/data.json": "{}",
    "lwc/hello/hello.js-meta.xml": f"<LightningComponentBundle {NS}/>",
    "classes/Bell.cls": "public class Bell {}",
    "classes/Bell.cls-meta.xml": f"<ApexClass {NS}><status>Active</status></ApexClass>",
    "staticresources/logo.resource": b"\x89PNG\x00\xff",
    "staticresources/logo.resource-meta.xml": f"<StaticResource {NS}/>",
    "documents/Bikes-meta.xml": f"<DocumentFolder {NS}><name>Bikes</name></DocumentFolder>",
    "documents/Bikes/bell.png": b"\x00\x01",
    "documents/Bikes/bell.png-meta.xml": f"<Document {NS}/>",
    "experiences/Shop1.site-meta.xml": f"<ExperienceBundle {NS}/>",
    "experiences/Shop1/views/home.json": '{"id": 1}',
    "digitalExperiences/site/Shop1/Shop1.digitalExperience-meta.xml": (
        f"<DigitalExperienceBundle {NS}/>"
    ),
    "digitalExperiences/site/Shop1/sfdc_cms__view/home/content.json": "{}",
}
NAMES = {
    "LightningComponentBundle": ["hello"],
    "ApexClass": ["Bell"],
    "StaticResource": ["logo"],
    "DocumentFolder": ["Bikes"],
    "Document": ["Bikes/bell.png"],
    "ExperienceBundle": ["Shop1"],
    "DigitalExperienceBundle": ["site/Shop1"],
}


def listed(org, *kinds):
    queries = "".join(f"<m:queries><m:type>{kind}</m:type></m:queries>" for kind in kinds)
    told = soap(org, f"<m:listMetadata>{queries}</m:listMetadata>")
    return re.findall(r"<fullName>(.*?)</fullName>", told)


def retrieved(org, **names):
    groups = "".join(
        f"<m:types>{''.join(f'<m:members>{each}</m:members>' for each in members)}"
        f"<m:name>{kind}</m:name></m:types>"
        for kind, members in names.items()
    )
    wish = f"<m:singlePackage>true</m:singlePackage><m:unpackaged>{groups}</m:unpackaged>"
    started = soap(org, f"<m:retrieve><m:request>{wish}</m:request></m:retrieve>")
    job = re.search(r"<id>(.*?)</id>", started).group(1)
    ask = f"<m:asyncProcessId>{job}</m:asyncProcessId>"
    told = soap(org, f"<m:checkRetrieveStatus>{ask}</m:checkRetrieveStatus>")
    content = base64.b64decode(re.search(r"<zipFile>(.*?)</zipFile>", told, re.DOTALL).group(1))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.req("ORG-12", "CRM-43")
def test_every_file_of_a_component_is_kept_and_given_back(org):
    done, again = deploy(org, pack(**FILES)), deploy(org, pack(**FILES))

    back = retrieved(org, **NAMES)
    del back["package.xml"]
    rows = [each["details"]["componentSuccesses"] for each in (done, again)]
    shown = {(row["componentType"], row["fullName"]) for row in rows[0]}
    raw = {k: v if isinstance(v, bytes) else v.encode() for k, v in FILES.items()}
    assert shown == {(kind, name) for kind, names in NAMES.items() for name in names}
    assert [row["changed"] for row in rows[1]] == [False] * 7
    assert back == raw
    assert sorted(listed(org, *NAMES)) == sorted(name for each in NAMES.values() for name in each)


@pytest.mark.req("ORG-12")
def test_a_file_that_changed_changes_its_component_alone(org):
    deploy(org, pack(**FILES))

    done = deploy(org, pack(**{**FILES, "lwc/hello/hello.js": "// new"}))

    rows = done["details"]["componentSuccesses"]
    assert [row["fullName"] for row in rows if row["changed"]] == ["hello"]
    assert retrieved(org, LightningComponentBundle=["*"])["lwc/hello/hello.js"] == b"// new"


@pytest.mark.req("ORG-12")
def test_what_is_deleted_takes_its_files_along(org):
    deploy(org, pack(**FILES))
    gone = f"<Package {NS}><types><members>Bell</members><name>ApexClass</name></types></Package>"

    deploy(org, pack(**{"destructiveChanges.xml": gone}))

    assert listed(org, "ApexClass") == []
    assert set(retrieved(org, ApexClass=["*"])) == {"package.xml"}


def labels(**values):
    inside = "".join(
        f"<labels><fullName>{name}</fullName><value>{text}</value></labels>"
        for name, text in values.items()
    )
    body = f"<CustomLabels {NS}>{inside}</CustomLabels>"
    return pack(**{"labels/CustomLabels.labels": body})


def without(kind, name):
    body = f"<Package {NS}><types><members>{name}</members><name>{kind}</name></types></Package>"
    return pack(**{"destructiveChanges.xml": body})


@pytest.mark.req("ORG-12", "CRM-43")
def test_labels_are_added_changed_given_back_and_deleted_one_by_one(org):
    deploy(org, labels(One="1", Two="2"))

    done = deploy(org, labels(Two="zwei", Three="3"))
    deploy(org, without("CustomLabel", "One"))

    told = {
        (row["componentType"], row["fullName"]): (row["created"], row["changed"])
        for row in done["details"]["componentSuccesses"]
    }
    alone = retrieved(org, CustomLabel=["Three"])["labels/CustomLabels.labels"].decode()
    both = retrieved(org, CustomLabels=["CustomLabels"])["labels/CustomLabels.labels"].decode()
    assert told == {
        ("CustomLabels", "CustomLabels"): (False, True),
        ("CustomLabel", "Two"): (False, True),
        ("CustomLabel", "Three"): (True, True),
    }
    assert listed(org, "CustomLabel", "CustomLabels") == ["CustomLabels", "Two", "Three"]
    assert "Three" in alone
    assert "Two" not in alone
    assert re.findall("<value>(.*?)</value>", both) == ["zwei", "3"]


@pytest.mark.req("ORG-12")
def test_the_last_part_takes_its_whole_along_and_the_same_again_changes_nothing(org):
    alert = "<alerts><fullName>Tell</fullName><protected>false</protected></alerts>"
    content = pack(**{"workflows/Account.workflow": f"<Workflow {NS}>{alert}</Workflow>"})
    deploy(org, content)

    again = deploy(org, content)
    there = listed(org, "Workflow", "WorkflowAlert")
    deploy(org, without("WorkflowAlert", "Account.Tell"))

    assert {row["changed"] for row in again["details"]["componentSuccesses"]} == {False}
    assert there == ["Account", "Account.Tell"]
    assert listed(org, "Workflow", "WorkflowAlert") == []


@pytest.mark.req("ORG-12")
def test_a_file_that_cannot_be_read_is_refused_whatever_its_kind(org):
    done = deploy(
        org, pack(**{"layouts/Account-New.layout": "<Layout>", "layouts/.forceignore": ""})
    )

    assert done["status"] == "Failed"
    assert [row["fullName"] for row in done["details"]["componentFailures"]] == [
        "layouts/Account-New.layout"
    ]


@pytest.mark.req("ORG-12")
def test_folders_are_listed_retrieved_and_deleted_as_manifests_name_them(org):
    deploy(org, pack(**FILES))
    wish = "<m:queries><m:folder>{}</m:folder><m:type>Document</m:type></m:queries>"

    inside, outside = (
        soap(org, f"<m:listMetadata>{wish.format(name)}</m:listMetadata>")
        for name in ("Bikes", "Cars")
    )
    back = retrieved(org, Document=["Bikes", "Bikes/bell"])
    deploy(org, without("Document", "Bikes/bell.png"))
    deploy(org, without("Document", "Bikes"))

    assert "<fullName>Bikes/bell.png</fullName>" in inside
    assert "<fullName>" not in outside
    assert {"documents/Bikes-meta.xml", "documents/Bikes/bell.png"} <= set(back)
    assert listed(org, "Document", "DocumentFolder") == []


@pytest.mark.req("ORG-12")
def test_a_kind_nobody_knows_cannot_be_listed(org):
    wish = "<m:queries><m:type>Nope</m:type></m:queries>"

    told = soap(org, f"<m:listMetadata>{wish}</m:listMetadata>")

    assert "<faultcode>sf:INVALID_TYPE</faultcode>" in told
    assert "<faultstring>INVALID_TYPE: Unknown type:Nope</faultstring>" in told


@pytest.mark.req("ORG-12")
def test_what_was_made_alone_with_its_content_comes_back_as_files(org):
    content = base64.b64encode(b"ring").decode()
    made = (
        '<m:createMetadata><m:metadata xmlns:x="http://www.w3.org/2001/XMLSchema-instance" '
        'x:type="m:StaticResource"><m:fullName>words</m:fullName>'
        f"<m:content>{content}</m:content><m:contentType>text/plain</m:contentType>"
        "</m:metadata></m:createMetadata>"
    )

    told = soap(org, made)

    back = retrieved(org, StaticResource=["words"])
    assert "<success>true</success>" in told
    assert back["staticresources/words.resource"] == b"ring"
    assert b"content>" not in back["staticresources/words.resource-meta.xml"]
