"""Forms of a call: XML, endings of addresses, methods in disguise, conditions."""

import pytest
import requests
from lxml import etree

PATH = "/services/data/v67.0"


def send(org, method, path, **options):
    headers = {**org.bearer(), **options.pop("headers", {})}
    return requests.request(method, f"{org.url}{path}", headers=headers, timeout=10, **options)


def xml_of(answer):
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?><')
    return etree.fromstring(answer.content)


@pytest.mark.req("ORG-03")
def test_answers_come_as_xml_for_a_header_or_an_extension(org):
    made = org.create("Account", Name="A & B")
    wish = {"Accept": "application/xml"}

    record = xml_of(send(org, "GET", f"{PATH}/sobjects/Account/{made}?fields=Name", headers=wish))
    rows = xml_of(send(org, "GET", f"{PATH}/query?q=SELECT+Name+FROM+Account", headers=wish))
    versions = xml_of(requests.get(f"{org.url}/services/data.xml", timeout=10))
    limits = xml_of(send(org, "GET", f"{PATH}/limits", headers=wish))

    assert (record.tag, record.get("type"), record.findtext("Name")) == (
        "Account",
        "Account",
        "A & B",
    )
    assert (rows.tag, rows.findtext("totalSize"), rows.findtext("done")) == (
        "QueryResult",
        "1",
        "true",
    )
    assert rows.find("records").get("url") == f"{PATH}/sobjects/Account/{made}"
    assert versions.tag == "Versions"
    assert versions.find("Version").findtext("url").startswith("/services/data/v")
    assert limits.tag == "LimitsSnapshot"
    assert limits.findtext("DailyApiRequests/Max") == "100000"


@pytest.mark.req("ORG-03")
def test_a_record_can_be_written_and_refused_in_xml(org):
    both = {"Accept": "application/xml", "Content-Type": "application/xml"}
    body = "<root><Name>Written</Name><NumberOfEmployees>7</NumberOfEmployees></root>"

    made = send(org, "POST", f"{PATH}/sobjects/Account", data=body, headers=both)
    wrong = send(org, "POST", f"{PATH}/sobjects/Account", data="<root/>", headers=both)
    unread = send(org, "POST", f"{PATH}/sobjects/Account", data="<root>", headers=both)

    result, refused = xml_of(made), xml_of(wrong)
    assert (made.status_code, result.tag, result.findtext("success")) == (201, "Result", "true")
    assert wrong.status_code == 400
    assert refused.tag == "Errors"
    assert refused.findtext("Error/errorCode") == "REQUIRED_FIELD_MISSING"
    assert unread.status_code == 400
    assert org.query("SELECT Name, NumberOfEmployees FROM Account") == [
        {"Name": "Written", "NumberOfEmployees": 7}
    ]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json, application/xml", "application/json"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
    ],
)
@pytest.mark.req("ORG-03")
def test_the_kind_of_an_answer_follows_the_weights_of_the_header(org, accept, kind):
    answer = send(org, "GET", f"{PATH}/limits", headers={"Accept": accept})

    assert answer.headers["Content-Type"].startswith(kind)


@pytest.mark.req("ORG-03")
def test_the_value_of_an_external_id_may_look_like_a_file(org):
    org.create("Account", Name="Named", Shop_Id__c="list.xml")

    answer = send(org, "GET", f"{PATH}/sobjects/Account/Shop_Id__c/list.xml")

    assert answer.json()["Name"] == "Named"


@pytest.mark.req("ORG-03")
def test_a_client_that_knows_only_post_can_name_the_method(org):
    made = org.create("Account", Name="Before")
    place = f"{PATH}/sobjects/Account/{made}"

    changed = send(org, "POST", f"{place}?_HttpMethod=PATCH", json={"Name": "After"})
    gone = send(org, "POST", f"{place}?_HttpMethod=DELETE")

    assert (changed.status_code, gone.status_code) == (204, 204)
    assert org.query("SELECT Name FROM Account") == []


@pytest.mark.req("ORG-03")
def test_head_answers_as_get_does_without_a_body(org):
    made = org.create("Account", Name="A")

    there = send(org, "HEAD", f"{PATH}/sobjects/Account/{made}")
    missing = send(org, "HEAD", f"{PATH}/sobjects/Account/001000000000000AAA")

    assert (there.status_code, there.content) == (200, b"")
    assert (missing.status_code, missing.content) == (404, b"")


@pytest.mark.req("ORG-03")
def test_a_method_that_a_resource_does_not_know_is_refused_with_those_it_does(org):
    answer = send(org, "POST", f"{PATH}/limits", json={})

    assert answer.status_code == 405
    assert answer.json() == [
        {
            "message": "HTTP Method 'POST' not allowed. Allowed are HEAD,GET",
            "errorCode": "METHOD_NOT_ALLOWED",
        }
    ]


@pytest.mark.req("ORG-03")
def test_an_account_is_changed_only_in_the_state_in_which_it_was_read(org):
    made = org.create("Account", Name="A")
    place = f"{PATH}/sobjects/Account/{made}"

    first = send(org, "GET", place)
    tag = first.headers["ETag"]
    same = send(org, "GET", place, headers={"If-None-Match": tag})
    changed = send(org, "PATCH", place, json={"Name": "B"}, headers={"If-Match": tag})
    late = send(org, "PATCH", place, json={"Name": "C"}, headers={"If-Match": tag})
    again = send(org, "GET", place, headers={"If-None-Match": tag})

    assert first.headers["Last-Modified"].endswith("GMT")
    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 204
    assert (late.status_code, late.json()[0]["errorCode"]) == (412, "PRECONDITION_FAILED")
    assert (again.status_code, again.json()["Name"]) == (200, "B")
