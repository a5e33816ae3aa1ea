"""Files: what becomes of them over REST, in parts and as base64, in queries and in the bin."""

import base64
import hashlib
import json

import pytest
import requests

from tests.crm_sync.localorg.bulk_jobs import asked, close, ended, opened, put
from tests.crm_sync.localorg.conftest import code_of

PDF = b"%PDF-1.7\r\n--xx\r\n\x00\xff\n"


def b64(data):
    return base64.b64encode(data).decode()


def send(org, method, path, parts, boundary="boundary_string"):
    """A body in parts: header lines and content of each."""
    mark = f"--{boundary}".encode()
    body = b"".join(
        mark + b"\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts
    )
    kind = f'multipart/form-data; boundary="{boundary}"'
    return requests.request(
        method,
        f"{org.url}/services/data/v67.0/{path}",
        data=body + mark + b"--",
        headers={**org.bearer(), "Content-Type": kind},
        timeout=30,
    )


def fields(values, name="entity_document"):
    head = f'Content-Disposition: form-data; name="{name}";\r\nContent-Type: application/json'
    return head, json.dumps(values).encode()


def file(name, data, filename="some.pdf"):
    head = f'Content-Type: application/pdf\r\nContent-Disposition: form-data; name="{name}"; '
    return f'{head}filename="{filename}"', data


def bytes_at(org, address):
    answer = requests.get(org.url + address, headers=org.bearer(), timeout=30)
    return answer.status_code, answer.content


@pytest.fixture
def account(org):
    return org.create("Account", Name="Acme")


def uploaded(org, data=PDF, **values):
    """The id of a version, and of the content that it belongs to."""
    facts = {"PathOnClient": "Folder/Price list.pdf", "VersionData": b64(data), **values}
    version = org.create("ContentVersion", **facts)
    soql = f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'"
    return version, org.query(soql)[0]["ContentDocumentId"]


@pytest.mark.req("ORG-02")
def test_the_value_of_an_attachments_body_is_the_address_of_its_bytes(org, account):
    made = org.create("Attachment", Name="a.pdf", ParentId=account, Body=b64(PDF))
    found = org.query("SELECT Body, BodyLength, Parent.Name, Parent.Type FROM Attachment")

    address = f"/services/data/v67.0/sobjects/Attachment/{made}/Body"
    parent = {"Name": "Acme", "Type": "Account"}
    assert found == [{"Body": address, "BodyLength": len(PDF), "Parent": parent}]
    answer = requests.get(org.url + address, headers=org.bearer(), timeout=30)
    assert (answer.content, answer.headers["Content-Type"]) == (PDF, "application/octetstream")
    assert requests.head(org.url + address, headers=org.bearer(), timeout=30).headers[
        "Content-Length"
    ] == str(len(PDF))
    assert org.call("PATCH", f"sobjects/Attachment/{made}", json={"Body": ""}).status_code == 204
    assert bytes_at(org, address) == (200, b"")


@pytest.mark.req("ORG-02")
def test_a_document_is_created_and_changed_in_parts(org):
    folder = org.create("Folder", Name="Brochures", Type="Document", AccessType="Public")
    values = {"Name": "Marketing Brochure Q1", "FolderId": folder, "Type": "pdf"}
    first = send(org, "POST", "sobjects/Document/", [fields(values), file("Body", PDF)])
    document = first.json()["id"]
    parts = [file("Body", b"new"), fields({"Keywords": "sales"}, "entity_content")]
    second = send(org, "PATCH", f"sobjects/Document/{document}", parts)

    assert (first.status_code, second.status_code) == (201, 204)
    assert first.json() == {"id": document, "success": True, "errors": []}
    assert bytes_at(org, f"/services/data/v67.0/sobjects/Document/{document}/Body") == (200, b"new")
    soql = "SELECT BodyLength, DeveloperName, Keywords FROM Document"
    facts = {"BodyLength": 3, "DeveloperName": "Marketing_Brochure_Q1", "Keywords": "sales"}
    assert org.query(soql) == [facts]


@pytest.mark.req("ORG-02")
def test_a_file_with_its_boundary_inside_arrives_whole_also_with_bare_line_ends(org):
    data = b"x" * 700_000 + b" --xx \n-xx\r\n" + b"y" * 700_000
    head = (
        'Content-Disposition: form-data; name="entity_content"\nContent-Type: application/json\n\n'
    )
    other = 'Content-Disposition: form-data; name="VersionData"; filename="a.bin"\n\n'
    body = f'--xx\n{head}{{"PathOnClient": "a.bin"}}\n--xx\n{other}'.encode() + data + b"\n--xx--\n"
    kind = {"Content-Type": "multipart/form-data; boundary=xx"}
    answer = requests.post(
        f"{org.url}/services/data/v67.0/sobjects/ContentVersion",
        data=iter([body[:1_000_000], body[1_000_000:]]),
        headers={**org.bearer(), **kind},
        timeout=30,
    )

    facts = org.query("SELECT Checksum, ContentSize FROM ContentVersion")
    assert answer.status_code == 201
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert facts == [{"Checksum": digest, "ContentSize": len(data)}]


@pytest.mark.req("ORG-08")
def test_a_first_version_brings_its_content_and_links_along(org, account):
    version, content = uploaded(org, FirstPublishLocationId=account)

    soql = (
        "SELECT Title, FileType, FileExtension, ContentSize, VersionNumber, IsLatest, "
        "ContentDocument.LatestPublishedVersionId, ContentDocument.Title FROM ContentVersion"
    )
    assert org.query(soql) == [
        {
            "Title": "Price list",
            "FileType": "PDF",
            "FileExtension": "pdf",
            "ContentSize": len(PDF),
            "VersionNumber": "1",
            "IsLatest": True,
            "ContentDocument": {"LatestPublishedVersionId": version, "Title": "Price list"},
        }
    ]
    links = (
        "SELECT LinkedEntity.Type, ShareType, Visibility FROM ContentDocumentLink WHERE "
        f"ContentDocumentId = '{content}'"
    )
    found = {row["LinkedEntity"]["Type"]: row["ShareType"] for row in org.query(links)}
    assert found == {"User": "I", "Account": "V"}
    rows = org.query("SELECT (SELECT ContentDocumentId FROM ContentDocumentLinks) FROM Account")
    assert rows[0]["ContentDocumentLinks"]["records"][0]["ContentDocumentId"] == content


@pytest.mark.req("ORG-08")
def test_a_later_version_takes_the_place_of_the_last_one(org):
    first, content = uploaded(org)
    second, same = uploaded(
        org, b"two", ContentDocumentId=content, Title="Prices", PathOnClient="p.txt"
    )

    assert same == content
    soql = "SELECT Id, VersionNumber, IsLatest FROM ContentVersion ORDER BY VersionNumber"
    assert org.query(soql) == [
        {"Id": first, "VersionNumber": "1", "IsLatest": False},
        {"Id": second, "VersionNumber": "2", "IsLatest": True},
    ]
    soql = "SELECT Title, FileType, ContentSize, LatestPublishedVersionId FROM ContentDocument"
    facts = {"Title": "Prices", "FileType": "TEXT", "ContentSize": 3}
    assert org.query(soql) == [{**facts, "LatestPublishedVersionId": second}]
    org.call("PATCH", f"sobjects/ContentDocument/{content}", json={"Title": "Final"})
    assert org.query("SELECT Title FROM ContentVersion WHERE IsLatest = true") == [
        {"Title": "Final"}
    ]


@pytest.mark.req("ORG-02")
def test_a_collection_names_the_part_of_each_record(org, account):
    records = [
        {
            "attributes": {
                "type": "ContentVersion",
                "binaryPartName": f"file{place}",
                "binaryPartNameAlias": "VersionData",
            },
            "PathOnClient": f"{place}.csv",
        }
        for place in range(2)
    ]
    parts = [fields({"allOrNone": False, "records": records}, "collection")]
    parts += [file(f"file{place}", b"a,b\n" * place) for place in range(2)]
    answer = send(org, "POST", "composite/sobjects", parts)

    assert [each["success"] for each in answer.json()] == [True, True]
    soql = "SELECT Title, FileType, ContentSize FROM ContentVersion ORDER BY Title"
    assert org.query(soql) == [
        {"Title": "0", "FileType": "CSV", "ContentSize": 0},
        {"Title": "1", "FileType": "CSV", "ContentSize": 4},
    ]


HEAD = 'Content-Disposition: form-data; name="'
REFUSED = [
    ([file("VersionData", PDF)], "Multipart message must include a non-binary part"),
    (
        [(f'{HEAD}Title"', b"x"), file("VersionData", PDF)],
        "Multipart message must include a non-binary part",
    ),
    (
        [file("a", b"{}", filename=""), file("b", PDF)],
        "Non-binary part must be JSON or XML, was: 'application/pdf'",
    ),
    ([fields({}), fields({})], "Cannot include more than one non-binary part"),
    (
        [fields({}), file("VersionData", PDF), file("Other", PDF)],
        "Cannot include more than one binary part",
    ),
    (
        [(f'{HEAD}a"\r\nContent-Type: image/jpeg', b"x"), file("VersionData", PDF)],
        "Non-binary part must be JSON or XML, was: 'image/jpeg'",
    ),
]


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize(("parts", "message"), REFUSED)
def test_parts_that_do_not_fit_together_are_refused(org, parts, message):
    answer = send(org, "POST", "sobjects/ContentVersion", parts)

    assert answer.status_code == 400
    assert answer.json() == [{"message": message, "errorCode": "INVALID_MULTIPART_REQUEST"}]
    assert org.query("SELECT Id FROM ContentVersion") == []


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"VersionData": "eA=="}, "REQUIRED_FIELD_MISSING"),
        ({"PathOnClient": "a.txt"}, "REQUIRED_FIELD_MISSING"),
        ({"PathOnClient": "a.txt", "VersionData": "not base64!"}, "JSON_PARSER_ERROR"),
        ({"PathOnClient": "a.txt", "VersionData": 7}, "JSON_PARSER_ERROR"),
        (
            {"PathOnClient": "a.txt", "VersionData": "", "Checksum": "x"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
    ],
)
def test_a_version_without_a_name_or_without_bytes_is_refused(org, values, code):
    assert code_of(org.call("POST", "sobjects/ContentVersion", json=values)) == code
    assert org.query("SELECT Id FROM ContentDocument") == []


@pytest.mark.req("ORG-02")
def test_bytes_are_described_and_neither_filtered_nor_sorted(org):
    found = org.call("GET", "sobjects/ContentVersion/describe").json()
    field = next(each for each in found["fields"] if each["name"] == "VersionData")

    names = ("type", "soapType", "filterable", "sortable", "groupable", "updateable", "createable")
    assert [field[name] for name in names] == ["base64", "xsd:base64Binary", *[False] * 4, True]
    assert not found["deletable"]
    for tail in ("WHERE Body = 'x'", "ORDER BY Body", "GROUP BY Body"):
        answer = org.call("GET", "query", params={"q": f"SELECT Body FROM Attachment {tail}"})
        assert "field 'Body' can not be" in answer.json()[0]["message"]


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize(
    "tail",
    [
        "",
        "WHERE ShareType = 'V'",
        "WHERE LinkedEntityId != null",
        "WHERE Id = 'x' OR Visibility = 'y'",
    ],
)
def test_links_of_files_are_asked_for_by_file_or_by_record(org, tail):
    answer = org.call("GET", "query", params={"q": f"SELECT Id FROM ContentDocumentLink {tail}"})

    assert code_of(answer) == "MALFORMED_QUERY"
    assert answer.json()[0]["message"].startswith("Implementation restriction: ContentDocumentLink")


@pytest.mark.req("ORG-08")
def test_content_is_linked_to_a_record_once(org, account):
    _version, content = uploaded(org, FirstPublishLocationId=account)
    values = {"ContentDocumentId": content, "LinkedEntityId": account, "ShareType": "V"}

    answer = org.call("POST", "sobjects/ContentDocumentLink", json=values)

    assert code_of(answer) == "DUPLICATE_VALUE"


@pytest.mark.req("ORG-08")
def test_an_attachment_goes_with_its_record_and_content_only_loses_its_link(org, account):
    org.create("Attachment", Name="a", ParentId=account, Body=b64(PDF))
    version, content = uploaded(org, FirstPublishLocationId=account)
    org.call("DELETE", f"sobjects/Account/{account}")
    links = f"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = '{account}'"

    assert org.query("SELECT Id FROM Attachment") == org.query(links) == []
    assert org.query("SELECT Id FROM ContentVersion") == [{"Id": version}]
    org.call("DELETE", f"sobjects/ContentDocument/{content}")
    assert (
        code_of(org.call("GET", f"sobjects/ContentVersion/{version}/VersionData"))
        == "ENTITY_IS_DELETED"
    )


@pytest.mark.req("ORG-02")
def test_bulk_refuses_bytes(org, account):
    answer = asked(org, "SELECT Id, Body FROM Attachment")
    assert answer.json()[0]["message"] == "FeatureNotEnabled : Binary field not supported"
    job = opened(org, operation="insert", object="Attachment")["id"]
    put(org, job, f"Name,ParentId,Body\na,{account},eA==\n".encode())
    close(org, job)

    text = (
        "InvalidBatch : Binary field Body is only supported for content types ZIP_XML and ZIP_CSV"
    )
    assert ended(org, job)["errorMessage"] == text
