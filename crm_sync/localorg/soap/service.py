"""Entry to the SOAP services."""

import re
from collections.abc import Callable

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, refusal
from crm_sync.localorg.soap import envelope, metadata, partner, records
from crm_sync.localorg.soap.envelope import Message

ADDRESS = re.compile(r"/services/Soap/(?P<kind>[cum])/(?P<version>\d+(?:\.\d+)?)(?:/\w*)?/?\Z")
FIRST_VERSION = 31
SERVICES: dict[str, dict[str, Callable[[Call, Message], Answer]]] = {
    "u": {**partner.OPERATIONS, **records.OPERATIONS},
    "c": {**partner.OPERATIONS, **records.OPERATIONS},
    "m": metadata.OPERATIONS,
}


def _answer(call: Call, kind: str) -> Answer:
    if float(call.version) < FIRST_VERSION:
        message = f"The requested version {call.version} is retired."
        raise SalesforceError("UNSUPPORTED_API_VERSION", message)
    message_in = Message(call.body)
    operation = SERVICES[kind].get(message_in.name)
    if message_in.name not in partner.WITHOUT_SESSION:
        call.session = call.org.sessions.find(message_in.session_id)
        if call.session is None:
            text = "Invalid Session ID found in SessionHeader: Illegal Session"
            raise SalesforceError("INVALID_SESSION_ID", text)
        call.act()
    if operation is None:
        text = f"No operation available for request {message_in.name}"
        raise SalesforceError("INVALID_OPERATION", text)
    return operation(call, message_in)


def answer(call: Call) -> Answer:
    """Answer one SOAP call."""
    match = ADDRESS.match(call.path)
    if match is None:
        return refusal(not_found())
    version = match.group("version")
    call.version = version if "." in version else f"{version}.0"
    try:
        return _answer(call, match.group("kind"))
    except SalesforceError as error:
        return envelope.fault(error)
