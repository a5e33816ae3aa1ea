"""SOAP calls that no generated client would send: always a fault or a named failure."""

import pytest
import requests
from lxml import etree

from crm_sync.localorg.soap.contract import load

PARTNER = "urn:partner.soap.sforce.com"
METADATA = "http://soap.sforce.com/2006/04/metadata"
JUNK = ["", "x" * 300, "001000000000000AAA", "<a><b/></a>", "-1", "🙂", "2026-11-21T10:00:00Z"]
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def send(org, kind, body, version="67.0"):
    space = METADATA if kind == "m" else PARTNER
    token = org.bearer()["Authorization"][7:]
    text = (
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{space}" '
        f'xmlns:xsi="{XSI}"><e:Header><SessionHeader><sessionId>{token}</sessionId>'
        f"</SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )
    return post(org, kind, text, version)


def post(org, kind, body, version="67.0"):
    return requests.post(
        f"{org.url}/services/Soap/{kind}/{version}",
        data=body.encode() if isinstance(body, str) else body,
        headers={"Content-Type": "text/xml", "SOAPAction": '""'},
        timeout=20,
    )


def code_of(answer):
    found = etree.fromstring(answer.content).find(".//faultcode")
    return found.text if found is not None else ""


def operations(kind):
    table = "metadata" if kind == "m" else "partner"
    return [each for each in load(table).operations.values() if each.name != "logout"]


@pytest.mark.parametrize("kind", ["u", "m", "c"])
@pytest.mark.req("ORG-03")
def test_no_content_of_any_call_breaks_the_service(org, kind):
    token = org.bearer()
    for operation in operations(kind):
        for junk in JUNK:
            parts = "".join(f"<{part.name}>{junk}</{part.name}>" for part in operation.given)
            answer = send(org, kind, f"<{operation.name}>{parts}</{operation.name}>")

            etree.fromstring(answer.content)
            assert answer.status_code in {200, 500}, operation.name
            assert "UNKNOWN_EXCEPTION" not in answer.text, (operation.name, junk)
    assert org.bearer() == token
    assert org.query("SELECT COUNT(Id) n FROM Account") == [{"n": 0}]


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff", b"<a>", b"{}", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"]
)
def test_what_is_no_message_is_a_fault(org, body):
    answer = post(org, "u", body)

    assert answer.status_code == 500
    assert code_of(answer).startswith("sf:")


@pytest.mark.parametrize(
    ("version", "code"), [("30.0", "UNSUPPORTED_API_VERSION"), ("99.0", "UNSUPPORTED_API_VERSION")]
)
def test_versions_that_are_not_there(org, version, code):
    assert code_of(send(org, "u", "<getServerTimestamp/>", version)) == f"sf:{code}"


def test_a_session_is_needed_for_everything_but_login(org):
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        '<{name} xmlns="{space}"/></e:Body></e:Envelope>'
    )
    for kind, space in (("u", PARTNER), ("m", METADATA)):
        for operation in operations(kind):
            if operation.name == "login":
                continue
            answer = post(org, kind, envelope.format(name=operation.name, space=space))
            assert code_of(answer) == "sf:INVALID_SESSION_ID", operation.name


def test_more_than_two_hundred_records_are_refused_and_none_is_saved(org):
    row = "<sObjects><type>Account</type><Name>A</Name></sObjects>"

    answer = send(org, "u", f"<create>{row * 201}</create>")

    assert code_of(answer) == "sf:EXCEEDED_ID_LIMIT"
    assert org.query("SELECT COUNT(Id) n FROM Account") == [{"n": 0}]


@pytest.mark.req("ORG-03")
def test_the_enterprise_form_names_the_object_by_its_type(org):
    row = '<sObjects xsi:type="ens:Account" xmlns:ens="urn:sobject.enterprise.soap.sforce.com">'

    made = send(org, "c", f"<create>{row}<Name>A</Name></sObjects></create>")
    found = send(org, "c", "<query><queryString>SELECT Name FROM Account</queryString></query>")

    assert "<success>true</success>" in made.text
    assert 'xsi:type="sf:Account"' in found.text


@pytest.mark.parametrize("path", ["/services/wsdl/partner", "/soap/wsdl.jsp?type=*"])
@pytest.mark.req("ORG-01")
def test_the_description_names_this_org(org, path):
    answer = requests.get(org.url + path, timeout=10)

    root = etree.fromstring(answer.content)
    place = root.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert place.get("location") == f"{org.url}/services/Soap/u/67.0"


@pytest.mark.parametrize(
    "path", ["nope", "partner?version=9", "partner?version=x", "partner?version=30.0"]
)
def test_a_description_that_is_not_there(org, path):
    answer = requests.get(f"{org.url}/services/wsdl/{path}", timeout=10)

    assert answer.status_code in {400, 404}
    assert answer.json()[0]["errorCode"] in {"NOT_FOUND", "UNSUPPORTED_API_VERSION"}


def test_a_quota_and_an_outage_are_faults_too(org):
    org.faults({"kind": "quota", "count": 1})
    spent = send(org, "u", "<getServerTimestamp/>")
    org.faults({"kind": "unavailable", "count": 1})
    away = send(org, "m", "<describeMetadata/>")

    assert code_of(spent) == "sf:REQUEST_LIMIT_EXCEEDED"
    assert code_of(away) == "sf:SERVER_UNAVAILABLE"


RECORDS = "urn:sobject.partner.soap.sforce.com"


def records(call, *named, key=""):
    inner = "".join(
        f'<sObjects xmlns:s="{RECORDS}"><s:type>{kind}</s:type>'
        + "".join(f"<s:{name}>x</s:{name}>" for name in names)
        + "</sObjects>"
        for kind, *names in named
    )
    return f"<{call}>{key}{inner}</{call}>"


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        (("Nope",), "sf:INVALID_TYPE", "sObject type 'Nope' is not supported."),
        (("Account", "Nope"), "sf:INVALID_FIELD", "No such column 'Nope' on entity 'Account'."),
    ],
)
@pytest.mark.parametrize("call", ["create", "update", "upsert"])
def test_a_name_that_is_not_there_refuses_the_whole_call(org, call, wrong, code, words):
    key = "<externalIDFieldName>Shop_Id__c</externalIDFieldName>" if call == "upsert" else ""

    answer = send(org, "u", records(call, ("Account", "Name"), wrong, key=key))

    assert (answer.status_code, code_of(answer)) == (500, code)
    assert words in answer.text
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-03")
@pytest.mark.parametrize(("kind", "space"), [("u", PARTNER), ("m", METADATA)])
def test_a_call_that_is_not_there_is_the_fault_of_the_client(org, kind, space):
    answer = send(org, kind, "<nope/>")

    fault = etree.fromstring(answer.content).find(".//faultstring").text
    assert (answer.status_code, code_of(answer)) == (500, "soapenv:Client")
    named = f"No operation available for request {{{space}}}nope"
    assert fault == f"{named}, please check the WSDL for the service."


@pytest.mark.req("ORG-02")
def test_signing_in_by_password_is_off_as_in_a_new_org(org):
    wish = "<login><username>a</username><password>b</password></login>"

    answer = send(org, "u", wish, "64.0")

    assert code_of(answer) == "sf:INVALID_OPERATION"
    assert "SOAP API login() is disabled by default in this org." in answer.text
