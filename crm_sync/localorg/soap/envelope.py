"""SOAP messages in and out."""

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer
from crm_sync.localorg.schema import xml

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PARTNER = "urn:partner.soap.sforce.com"
METADATA = "http://soap.sforce.com/2006/04/metadata"
FAULT = "urn:fault.partner.soap.sforce.com"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CONTENT_TYPE = "text/xml;charset=utf-8"


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

    @property
    def session_id(self) -> str:
        """Return the session the client signed in with."""
        return self.header("SessionHeader", "sessionId")


def element(parent: etree._Element, name: str, value: object = None) -> etree._Element:
    """Append a child in its parent's namespace; None becomes xsi:nil."""
    made = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    if isinstance(value, bool):
        made.text = "true" if value else "false"
    elif value is not None:
        made.text = str(value)
    return made


def nil(parent: etree._Element, name: str) -> None:
    """Append an empty child."""
    element(parent, name).set(f"{{{XSI}}}nil", "true")


def value(parent: etree._Element, name: str, content: object) -> None:
    """Append a child that is empty when there is nothing to say."""
    if content is None:
        nil(parent, name)
    else:
        element(parent, name, content)


def response(operation: str, namespace: str = PARTNER) -> tuple[etree._Element, etree._Element]:
    """Return an envelope and the element into which the results go."""
    spaces = {"soapenv": SOAP, "xsi": XSI, None: namespace}
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap=spaces)
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    return envelope, etree.SubElement(body, f"{{{namespace}}}{operation}Response")


def answer(envelope: etree._Element, status: int = 200) -> Answer:
    """Return an envelope as an answer."""
    text = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Answer(raw=text, status=status, content_type=CONTENT_TYPE)


def fault(error: SalesforceError) -> Answer:
    """Return a refusal as a SOAP fault."""
    spaces = {"soapenv": SOAP, "sf": FAULT, "xsi": XSI}
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap=spaces)
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    made = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(made, "faultcode").text = f"sf:{error.code}"
    etree.SubElement(made, "faultstring").text = f"{error.code}: {error.message}"
    detail = etree.SubElement(made, "detail")
    inner = etree.SubElement(detail, f"{{{FAULT}}}UnexpectedErrorFault")
    inner.set(f"{{{XSI}}}type", "sf:UnexpectedErrorFault")
    etree.SubElement(inner, f"{{{FAULT}}}exceptionCode").text = error.code
    etree.SubElement(inner, f"{{{FAULT}}}exceptionMessage").text = error.message
    return answer(envelope, status=500)


def put_errors(parent: etree._Element, error: SalesforceError) -> None:
    """Append a row's failure."""
    made = element(parent, "errors")
    for name in error.fields or []:
        element(made, "fields", name)
    element(made, "message", error.message)
    element(made, "statusCode", error.code)
