"""How files are kept: limits, snapshots, the bin, SOAP, and the pages that hand them out."""

import re

import pytest
import requests
from lxml import etree

from crm_sync.localorg import bodies
from crm_sync.localorg.bodies import Upload, of_bytes
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records.rules import files
from crm_sync.localorg.store import blobs
from crm_sync.localorg.store.blobs import Content
from tests.crm_sync.localorg.test_files import PDF, b64, uploaded
from tests.crm_sync.localorg.test_soap import send as soap
from tests.crm_sync.localorg.visitors import Visitor


def attach(desk, data=PDF):
    account = desk.create("Account", Name="Acme")
    return account, desk.create("Attachment", Name="a", ParentId=account, Body=Content.of(data))


def used(desk):
    with desk.org.store.read() as connection:
        return blobs.used(connection)


def code(work):
    with pytest.raises(SalesforceError) as caught:
        work()
    return caught.value.code


@pytest.mark.req("ORG-08")
def test_a_cascade_that_is_undone_brings_the_bytes_back_and_a_purge_ends_them(desk):
    account, attachment = attach(desk)
    owner, context = desk.org.schema.require("Account"), desk.org.context()
    bin_.delete(context, owner, account, desk.options)
    bin_.undelete(context, owner, account, desk.options)
    assert desk.ask("SELECT Id FROM Attachment") == [{"Id": attachment}]
    assert blobs.whole(desk.org.store, attachment) == PDF

    bin_.delete(context, owner, account, desk.options)
    bin_.purge(context, owner, account)

    assert blobs.whole(desk.org.store, attachment) == b""
    assert used(desk) == 0


@pytest.mark.req("ORG-11")
def test_a_snapshot_holds_the_files_and_a_reset_drops_them(desk):
    _account, attachment = attach(desk)
    desk.org.snapshot("one")
    desk.change("Attachment", attachment, Body=Content.of(b"later"))
    desk.org.restore("one")
    assert (blobs.whole(desk.org.store, attachment), used(desk)) == (PDF, len(PDF))

    desk.org.reset()

    assert (blobs.whole(desk.org.store, attachment), used(desk)) == (b"", 0)


@pytest.mark.req("ORG-08")
def test_what_does_not_fit_leaves_nothing_behind(desk, monkeypatch):
    _account, attachment = attach(desk)
    desk.org.limits.set("FileStorageMB", 0)
    change = {"name": "Attachment", "record_id": attachment}
    assert code(lambda: desk.change(**change, Body=Content.of(b"more"))) == "STORAGE_LIMIT_EXCEEDED"
    monkeypatch.setattr(files, "MOST_BYTES", 3)
    assert (
        code(lambda: desk.change(**change, Body=Content.of(b"more"))) == "FILE_SIZE_LIMIT_EXCEEDED"
    )

    assert (blobs.whole(desk.org.store, attachment), used(desk)) == (PDF, len(PDF))


@pytest.mark.req("ORG-02")
def test_a_body_that_is_too_large_is_refused_in_the_words_of_the_platform(org, monkeypatch):
    kind = "multipart/form-data; boundary=x"
    with pytest.raises(SalesforceError, match="Maximum size of request is 536870912 bytes"):
        bodies.read(kind, Upload(of_bytes(b"").file, bodies.MOST + 1))
    body = b'{"Name":"' + b" " * bodies.MOST_TEXT + b'"}'
    answer = org.call("POST", "sobjects/Account", data=body)

    message = "Maximum size of request reached. Maximum size of request is 52428800 bytes."
    assert answer.json() == [{"message": message, "errorCode": "EXCEEDED_MAX_SIZE_REQUEST"}]


@pytest.mark.req("ORG-02")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x--",
        b"--x\r\n--x--",
        b"--x\r\nno header--x--",
        b"\x00" * 100,
        b"--x\n" * 5000,
    ],
)
def test_no_body_in_parts_breaks_the_reader(body):
    assert code(lambda: bodies.read("multipart/form-data; boundary=x", of_bytes(body))) == (
        "INVALID_MULTIPART_REQUEST"
    )


@pytest.mark.req("ORG-03")
def test_soap_carries_the_bytes_themselves_one_record_at_a_time(org):
    account = org.create("Account", Name="Acme")
    records = "".join(
        f'<sObjects xmlns:s="urn:sobject.partner.soap.sforce.com"><s:type>Attachment</s:type>'
        f"<s:Name>{name}</s:Name><s:ParentId>{account}</s:ParentId><s:Body>{b64(PDF)}</s:Body></sObjects>"
        for name in "ab"
    )
    made = etree.fromstring(soap(org, "u", f"<create>{records}</create>").content)
    assert [each.text for each in made.iter("{*}success")] == ["true", "true"]
    text = "SELECT Id, Body FROM Attachment ORDER BY Name"
    found = etree.fromstring(
        soap(org, "u", f"<query><queryString>{text}</queryString></query>").content
    )

    assert [each.text for each in found.iter("{*}Body") if len(each) == 0] == [b64(PDF)]
    locator = next(found.iter("{*}queryLocator")).text
    more = f"<queryMore><queryLocator>{locator}</queryLocator></queryMore>"
    rest = etree.fromstring(soap(org, "u", more).content)
    assert [each.text for each in rest.iter("{*}Body") if len(each) == 0] == [b64(PDF)]
    assert next(rest.iter("{*}done")).text == "true"


@pytest.mark.req("ORG-10")
def test_the_page_of_a_record_lists_its_files_and_hands_them_out_to_be_saved(org):
    account = org.create("Account", Name="Acme")
    html = b"<script>alert(1)</script>"
    attachment = org.create("Attachment", Name="Größe.html", ParentId=account, Body=b64(html))
    version, content = uploaded(org, FirstPublishLocationId=account)
    page = requests.get(f"{org.url}/r/{account}/", timeout=10).text

    assert re.findall(r'href="/r/(\w+)/file/"', page) == [content, attachment]
    answer = requests.get(f"{org.url}/r/{attachment}/file/", timeout=10)
    assert answer.content == html
    name = "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.html"
    assert answer.headers["Content-Disposition"] == name
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    answer = requests.get(f"{org.url}/r/{content}/file/", timeout=10)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Price list.pdf"'
    address = f"{org.url}/sfc/servlet.shepherd/version/download/{version}"
    assert requests.get(address, timeout=10).content == PDF
    assert requests.get(f"{org.url}/r/{account}/file/", timeout=10).status_code == 404


@pytest.mark.req("ORG-10")
def test_a_file_is_uploaded_from_the_form_of_its_record(org):
    account = org.create("Account", Name="Acme")
    browser = Visitor(org)
    page = browser.get(f"/r/{account}/").text
    link = re.search(r'href="(/o/ContentVersion/new/[^"]+)"', page)[1]
    files = {"VersionData": ("prices.csv", b"a,b\n", "text/csv")}

    answer = browser.post(link, files=files, FirstPublishLocationId="Acme")

    assert answer.status_code == 200
    soql = "SELECT Title, ContentSize, FileType, FirstPublishLocationId FROM ContentVersion"
    facts = {"Title": "prices", "ContentSize": 4, "FileType": "CSV"}
    assert org.query(soql) == [{**facts, "FirstPublishLocationId": account}]
