"""Lead conversion, the one verb that Salesforce offers by SOAP only."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from crm_sync.client.answers import ROW_STATUS, ConvertedLead, long_id
from crm_sync.client.faults import CallFailed, Fault, Kind, classify

PARTNER = "urn:partner.soap.sforce.com"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE = "text/xml; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Conversion:
    """One lead to convert, into new records or into given ones."""

    lead_id: str
    converted_status: str
    account_id: str = ""
    contact_id: str = ""
    owner_id: str = ""


def conversion_envelope(token: str, conversions: Sequence[Conversion]) -> bytes:
    """Write the request; the order of the elements is the one of the WSDL."""
    body = "".join(_lead_convert(conversion) for conversion in conversions)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:urn="{PARTNER}">'
        f"<soapenv:Header><urn:SessionHeader><urn:sessionId>{escape(token)}</urn:sessionId>"
        "</urn:SessionHeader></soapenv:Header>"
        f"<soapenv:Body><urn:convertLead>{body}</urn:convertLead></soapenv:Body>"
        "</soapenv:Envelope>"
    ).encode()


def _lead_convert(conversion: Conversion) -> str:
    values = (
        ("accountId", conversion.account_id),
        ("contactId", conversion.contact_id),
        ("convertedStatus", conversion.converted_status),
        ("doNotCreateOpportunity", "true"),
        ("leadId", conversion.lead_id),
        ("overwriteLeadSource", "false"),
        ("ownerId", conversion.owner_id),
        ("sendNotificationEmail", "false"),
    )
    inner = "".join(f"<urn:{name}>{escape(value)}</urn:{name}>" for name, value in values if value)
    return f"<urn:leadConverts>{inner}</urn:leadConverts>"


def _parse(content: bytes) -> etree._Element | None:
    """Read XML; nothing where a page of another kind came instead."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{{{PARTNER}}}{name}")
    if found is None:
        found = element.find(name)
    return (found.text or "") if found is not None else ""


def soap_fault(content: bytes) -> dict[str, str] | None:
    """Read a SOAP fault as an error; its code carries a prefix that the table does not know."""
    root = _parse(content)
    code = root.findtext(".//faultcode") if root is not None else None
    if root is None or not code:
        return None
    return {
        "errorCode": code.rpartition(":")[2],
        "message": root.findtext(".//faultstring") or "",
    }


def conversion_answers(content: bytes, size: int) -> list[ConvertedLead]:
    """Read one result per lead, in the order of the request."""
    root = _parse(content)
    found = [] if root is None else [item for item in root.iter() if _name(item) == "result"]
    if len(found) != size:
        message = "The answer does not say what became of each lead."
        raise CallFailed(Fault(kind=Kind.UNKNOWN, code="ODD_ANSWER", message=message))
    return [_converted(result) for result in found]


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _converted(result: etree._Element) -> ConvertedLead:
    lead_id = _text(result, "leadId")
    if _text(result, "success") == "true":
        return ConvertedLead(
            lead_id=lead_id,
            account_id=long_id(_text(result, "accountId")),
            contact_id=long_id(_text(result, "contactId")),
        )
    errors = [item for item in result if _name(item) == "errors"]
    first = errors[0] if errors else result
    fault = classify(
        code=_text(first, "statusCode") or "UNKNOWN_EXCEPTION",
        message=_text(first, "message"),
        status=ROW_STATUS,
    )
    return ConvertedLead(lead_id=lead_id, fault=fault)
