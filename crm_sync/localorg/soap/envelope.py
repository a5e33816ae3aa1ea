"""SOAP messages in and out."""

import re

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer
from crm_sync.localorg.schema import xml

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "urn:partner.soap.sforce.com"
ENTERPRISE = "urn:enterprise.soap.sforce.com"
METADATA = "http://soap.sforce.com/2006/04/metadata"
SOBJECTS = {
    PARTNER: "urn:sobject.partner.soap.sforce.com",
    ENTERPRISE: "urn:sobject.enterprise.soap.sforce.com",
}
FAULTS = {
    PARTNER: "urn:fault.partner.soap.sforce.com",
    ENTERPRISE: "urn:fault.enterprise.soap.sforce.com",
    METADATA: METADATA,
}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
CONTENT_TYPE = "text/xml;charset=utf-8"
FAULT_TYPES = {
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_LOGIN": "LoginFault",
    "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
    "INVALID_TYPE": "InvalidSObjectFault",
    "MALFORMED_ID": "InvalidIdFault",
    "MALFORMED_QUERY": "MalformedQueryFault",
    "MALFORMED_SEARCH": "MalformedSearchFault",
}
# The code of what is wrong with a message itself, before any service looks into it.
CLIENT = "soapenv:Client"
PLACED = frozenset(("InvalidFieldFault", "InvalidSObjectFault", "MalformedQueryFault"))
PLACE = re.compile(r"Row:(\d+):Column:(\d+)")


class Message:
    """A parsed request."""

    def __init__(self, body: bytes) -> None:
        root = xml.parse(body)
        header, content = xml.child(root, "Header"), xml.child(root, "Body")
        operations = (
            [each for each in content if isinstance(each.tag, str)] if content is not None else []
        )
        if not operations:
            raise SalesforceError("INVALID_OPERATION", "The SOAP body is empty", status=500)
        self.operation = operations[0]
        self.headers = header

    @property
    def name(self) -> str:
        """Return the name of the operation."""
        return xml.local(self.operation)

    def header(self, name: str, part: str) -> str:
        """Return one value of a header."""
        found = xml.child(self.headers, name) if self.headers is not None else None
        return xml.text(found, part) if found is not None else ""

    def flag(self, name: str, part: str) -> bool:
        """Return one truth value of a header."""
        return self.header(name, part) in {"true", "1"}

    @property
    def session_id(self) -> str:
        """Return the session the client signed in with."""
        return self.header("SessionHeader", "sessionId")


def envelope(namespace: str) -> tuple[etree._Element, etree._Element]:
    """Return an envelope and its body."""
    spaces = {"soapenv": SOAP, "xsi": XSI, "xsd": XSD, None: namespace}
    if namespace in SOBJECTS:
        spaces["sf"] = SOBJECTS[namespace]
    made = etree.Element(f"{{{SOAP}}}Envelope", nsmap=spaces)
    return made, etree.SubElement(made, f"{{{SOAP}}}Body")


def answer(content: etree._Element, status: int = 200) -> Answer:
    """Return an envelope as an answer."""
    text = etree.tostring(content, xml_declaration=True, encoding="UTF-8")
    return Answer(raw=text, status=status, content_type=CONTENT_TYPE)


def _client_fault(message: str) -> Answer:
    """Return the fault of a message that no service can make sense of."""
    made = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    failed = etree.SubElement(etree.SubElement(made, f"{{{SOAP}}}Body"), f"{{{SOAP}}}Fault")
    etree.SubElement(failed, "faultcode").text = CLIENT
    etree.SubElement(failed, "faultstring").text = message
    return answer(made, status=500)


def fault(error: SalesforceError, namespace: str = PARTNER) -> Answer:
    """Return a refusal as a SOAP fault."""
    if error.code == CLIENT:
        return _client_fault(error.message)
    space = FAULTS[namespace]
    spaces = {"soapenv": SOAP, "sf": space, "xsi": XSI}
    made = etree.Element(f"{{{SOAP}}}Envelope", nsmap=spaces)
    body = etree.SubElement(made, f"{{{SOAP}}}Body")
    failed = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(failed, "faultcode").text = f"sf:{error.code}"
    etree.SubElement(failed, "faultstring").text = f"{error.code}: {error.message}"
    name = FAULT_TYPES.get(error.code, "UnexpectedErrorFault")
    inner = etree.SubElement(etree.SubElement(failed, "detail"), f"{{{space}}}{name}")
    inner.set(f"{{{XSI}}}type", f"sf:{name}")
    etree.SubElement(inner, f"{{{space}}}exceptionCode").text = error.code
    etree.SubElement(inner, f"{{{space}}}exceptionMessage").text = error.message
    if name in PLACED:
        place = PLACE.search(error.message)
        for number, part in enumerate(("row", "column"), 1):
            etree.SubElement(inner, f"{{{space}}}{part}").text = (
                place.group(number) if place else "-1"
            )
    return answer(made, status=500)


def error_of(error: SalesforceError) -> dict[str, object]:
    """Return a row's failure."""
    return {"fields": error.fields or [], "message": error.message, "statusCode": error.code}
