"""Entry to the SOAP services."""

import re
from collections.abc import Callable
from functools import partial

from lxml import etree

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.soap import describing, drawing, envelope, metadata, partner, records, wsdl
from crm_sync.localorg.soap.contract import Contract, Part, load
from crm_sync.localorg.soap.envelope import Message
from crm_sync.localorg.soap.writing import Writer
from crm_sync.localorg.store import blobs

ADDRESS = re.compile(
    r"/services/Soap/(?P<kind>[cum])/v?(?P<version>\d+(?:\.\d+)?)(?:/\w*){0,2}/?\Z"
)
FIRST_VERSION, LAST_VERSION = 31, 68
Operation = Callable[[Call, Message], object]
PARTNER: dict[str, Operation] = {
    **partner.OPERATIONS,
    **records.OPERATIONS,
    **describing.OPERATIONS,
    **drawing.OPERATIONS,
}
SERVICES: dict[str, dict[str, Operation]] = {
    "u": PARTNER,
    "c": PARTNER,
    "m": metadata.OPERATIONS,
}
NAMESPACES = {"u": envelope.PARTNER, "c": envelope.ENTERPRISE, "m": envelope.METADATA}
LIMITS = Part("limitInfo", "LimitInfo", many=True)
NAMED = {service.kind: name for name, service in wsdl.SERVICES.items()}
DESCRIPTIONS = {
    "/services/wsdl/partner": "partner",
    "/services/wsdl/enterprise": "enterprise",
    "/services/wsdl/metadata": "metadata",
    "/soap/wsdl.jsp": "partner",
}


def _version(text: str) -> str:
    whole = text if "." in text else f"{text}.0"
    if float(whole) < FIRST_VERSION:
        message = f"The requested version {whole} is retired."
        raise SalesforceError("UNSUPPORTED_API_VERSION", message)
    if float(whole) > LAST_VERSION:
        raise SalesforceError("UNSUPPORTED_API_VERSION", f"There is no version {whole}.")
    return whole


def _answer(call: Call, kind: str) -> Answer:
    message = Message(call.body)
    operation = SERVICES[kind].get(message.name)
    if message.name not in partner.WITHOUT_SESSION:
        call.session = call.org.sessions.find(message.session_id)
        if call.session is None:
            text = (
                "Invalid Session ID found in SessionHeader: Illegal Session. "
                "Session not found, missing session hash"
            )
            raise SalesforceError("INVALID_SESSION_ID", text)
        call.act()
    if operation is None:
        name = f"{{{NAMESPACES[kind]}}}{message.name}"
        text = f"No operation available for request {name}, please check the WSDL for the service."
        raise SalesforceError(envelope.CLIENT, text)
    call.org.present.client = message.header("CallOptions", "client") or call.org.present.client
    return _written(call, kind, message.name, operation(call, message))


def _written(call: Call, kind: str, name: str, content: object) -> Answer:
    contract = load("metadata" if kind == "m" else "partner")
    space = NAMESPACES[kind]
    made, body = envelope.envelope(space)
    writer = Writer(contract, call.org.schema, space, partial(blobs.whole, call.org.store))
    if kind != "m" and name not in wsdl.WITHOUT_LIMITS:
        made.insert(0, _limits(call, writer))
    result = etree.SubElement(body, f"{{{space}}}{name}Response")
    part = contract.operations[name].result
    if part is not None:
        writer.put(result, part, content)
    return envelope.answer(made)


def _limits(call: Call, writer: Writer) -> etree._Element:
    header = etree.Element(f"{{{envelope.SOAP}}}Header")
    info = etree.SubElement(header, f"{{{writer.namespace}}}LimitInfoHeader")
    daily = call.org.limits.as_json()["DailyApiRequests"]
    used = daily["Max"] - daily["Remaining"]
    told = {"current": used, "limit": daily["Max"], "type": "API REQUESTS"}
    writer.put(info, LIMITS, [told])
    return header


def answer(call: Call) -> Answer:
    """Answer one SOAP call."""
    match = ADDRESS.match(call.path)
    if match is None:
        text = "Invalid Api version specified on URL"
        return envelope.fault(SalesforceError("UNSUPPORTED_API_VERSION", text))
    kind = match.group("kind")
    try:
        call.version = _version(match.group("version"))
        return _answer(call, kind)
    except SalesforceError as error:
        return envelope.fault(error, NAMESPACES[kind])


def describes(call: Call) -> bool:
    """Say whether a call asks for a service description."""
    if call.method != "GET":
        return False
    asks = call.query.lower().startswith("wsdl") and ADDRESS.match(call.path) is not None
    return asks or call.path.rstrip("/") in DESCRIPTIONS


def description(call: Call) -> Answer:
    """Answer with the description from which a client is built."""
    match = ADDRESS.match(call.path)
    if match is not None:
        name = NAMED[match.group("kind")]
        version = match.group("version")
    else:
        name = DESCRIPTIONS[call.path.rstrip("/")]
        version = call.params().get("version", "67.0")
    if not re.fullmatch(r"\d{2}(\.0)?", version):
        raise not_found()
    text = wsdl.description(name, call.host, _version(version), call.org.schema)
    return Answer(raw=text, content_type=envelope.CONTENT_TYPE)


def contracts() -> dict[str, Contract]:
    """Return the tables of the services by the letter of their address."""
    return {"u": load("partner"), "m": load("metadata")}
