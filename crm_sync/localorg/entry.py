"""The way of every call: sign-in, limits, faults, the resource, and what happens after it."""

import logging
import re
import time

from crm_sync.localorg import clock, resources, wire
from crm_sync.localorg.bulk import classic_wire
from crm_sync.localorg.cometd import bayeux
from crm_sync.localorg.errors import SalesforceError, not_found, parser_error
from crm_sync.localorg.faults import Fault
from crm_sync.localorg.journal import SHOWN, redact
from crm_sync.localorg.local import switches
from crm_sync.localorg.messages import Answer, Call, refusal
from crm_sync.localorg.oauth import service as oauth
from crm_sync.localorg.packing import unpacked
from crm_sync.localorg.rest import versions
from crm_sync.localorg.rest.routes import split_version
from crm_sync.localorg.soap import service as soap
from crm_sync.localorg.soap.envelope import fault as soap_fault
from crm_sync.localorg.store.database import has_no_room
from crm_sync.localorg.subjects import subjects_of

LOG = logging.getLogger(__name__)
MAINTENANCE = (
    b"<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    b"<body><h1>Down for maintenance</h1></body></html>"
)
CLIENT = re.compile(r"client=([^;,\s]+)")
ORIGIN = re.compile(r"/services/(data|Soap|async)/(?:u/|v)?(\d+\.\d+)")
SWITCHES = "/_local/"
SOAP = "/services/Soap/"
SESSION = re.compile(rb"<(?:\w+:)?sessionId>\s*([\w.!]+)\s*<")
MAX_URI = 16_384
NO_ROOM = SalesforceError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
UNEXPECTED = SalesforceError("UNKNOWN_EXCEPTION", "An unexpected error occurred.")
WRITES = frozenset(("POST", "PATCH", "PUT", "DELETE"))


def _origin(path: str) -> str:
    """Return the words by which change events name the API that a change came through."""
    found = ORIGIN.match(path)
    if found is None:
        return ""
    kind = {"data": "rest", "Soap": "soap", "async": "bulkapi"}[found.group(1)]
    return f"com/salesforce/api/{kind}/{found.group(2)}"


class Pipeline:
    """Carries one call through the org."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.org = call.org
        self.objects: set[str] = set()

    def _strikes(self, kind: str) -> Fault | None:
        return self.org.faults.take(kind, self.objects, self.call.method)

    def _token(self) -> str:
        """Return the token of a call, which each service expects at a place of its own."""
        if self.call.session is not None:
            return self.call.session.token
        found = SESSION.search(self.call.body) if self.call.path.startswith(SOAP) else None
        return found[1].decode() if found else self.call.header("x-sfdc-session")

    def _before(self) -> None:
        """Fail before anything happens, where a fault says so."""
        slow = self._strikes("slow")
        if slow is not None:
            time.sleep(slow.seconds or 1.0)
        if self._strikes("unavailable"):
            raise SalesforceError("SERVER_UNAVAILABLE", "The server is unavailable.")
        if self._strikes("server_error"):
            message = "An unexpected error occurred. Please include this ErrorId in a report"
            raise SalesforceError("UNKNOWN_EXCEPTION", message)
        if self._strikes("expire_token"):
            self.org.sessions.expire(self._token())
            raise SalesforceError("INVALID_SESSION_ID", "Session expired or invalid")
        if self._strikes("quota"):
            raise SalesforceError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

    def _limit(self) -> None:
        if self.org.limits.exhausted and not self.call.path.rstrip("/").endswith("/limits"):
            raise SalesforceError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.org.limits.count()

    def rest(self) -> Answer:
        """Answer a REST call."""
        call = self.call
        found = split_version(call.path)
        if found is None:
            raise not_found()
        call.version = found[0]
        versions.check(call.version)
        call.session = oauth.session_of(call)
        call.act()
        self._limit()
        self._before()
        return resources.dispatch(call)

    def soap(self) -> Answer:
        """Answer a SOAP call."""
        try:
            self._limit()
            self._before()
        except SalesforceError as error:
            return soap_fault(error)
        return soap.answer(self.call)

    def classic(self) -> Answer:
        """Answer a call of Bulk API 1.0."""
        try:
            self._limit()
            self._before()
        except SalesforceError as error:
            return classic_wire.refused(self.call, error)
        return classic_wire.answer(self.call)

    def _service(self) -> Answer:
        if self.call.path.startswith("/services/Soap"):
            return self.soap()
        if self.call.path.startswith("/services/async"):
            return self.classic()
        return self.rest()

    def guarded(self) -> Answer:
        """Answer a call to the data services, with faults around it."""
        if self.org.faults.active:
            self.objects = subjects_of(self.call)
            if self._strikes("maintenance"):
                return Answer(raw=MAINTENANCE, status=503, content_type="text/html;charset=UTF-8")
        present = self.org.present
        present.user_id = ""
        present.method, present.wrote, present.late_seconds = self.call.method, 0, 0
        named = CLIENT.search(self.call.header("sforce-call-options"))
        present.client = named.group(1) if named else ""
        present.origin = _origin(self.call.path)
        if self.call.method in WRITES:
            late = self._strikes("late_commit")
            present.late_seconds = int(late.seconds or 30) if late else 0
        try:
            answer = self._service()
        finally:
            present.late_seconds, present.user_id = 0, ""
        answer.headers.setdefault("Sforce-Limit-Info", self.org.limits.header())
        if present.wrote and answer.status < 300 and self._strikes("drop_after_commit"):
            answer.drop = True
        return answer


def _dispatch(call: Call) -> Answer:
    path = call.path.rstrip("/")
    if soap.describes(call):
        return soap.description(call)
    if path == "/services/data" and call.method in {"GET", "HEAD"}:
        return versions.listing(call)
    if path.startswith("/services/oauth2/"):
        return oauth.answer(call)
    if path == "/cometd" or path.startswith("/cometd/"):
        return bayeux.answer(call)
    if call.path.startswith(SWITCHES):
        return switches.answer(call)
    if path.startswith("/id/"):
        return oauth.identity(call)
    if path.startswith(("/services/data/", "/services/Soap/", "/services/async/")):
        return Pipeline(call).guarded()
    raise not_found()


def answer(call: Call) -> Answer:
    """Answer any call of a client; whatever goes wrong has the platform's shape."""
    started = time.perf_counter()
    result = _too_long(call) or _safely(call)
    if not call.path.startswith(SWITCHES):
        _note(call, result, (time.perf_counter() - started) * 1000)
    return result


def _too_long(call: Call) -> Answer | None:
    """Refuse an address, or an address with its headers, past what the platform reads."""
    uri = len(call.path) + len(call.query)
    if uri > MAX_URI:
        return refusal(SalesforceError("URI_TOO_LONG", "URI Too Long"))
    if uri + sum(len(name) + len(value) + 4 for name, value in call.headers.items()) > MAX_URI:
        return refusal(
            SalesforceError("REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large")
        )
    return None


def _formed(call: Call) -> Answer:
    """Answer a call in the form, JSON or XML, that it asks for."""
    call.body = unpacked(call.body, call.header("content-encoding"))
    opened, wants_xml = wire.opened(call)
    if not wants_xml:
        return _dispatch(opened)
    try:
        result = _dispatch(opened)
    except SalesforceError as error:
        result = refusal(error)
    if result.raw is None and result.data is not None:
        wire.as_xml(opened.path, result, created=opened.method in WRITES)
    return result


def _refused(call: Call, error: SalesforceError) -> Answer:
    """Return a failure in the shape of the service that was asked."""
    if call.path.startswith(SOAP) and call.method == "POST":
        return soap_fault(error)
    if call.path.startswith("/services/async/"):
        return classic_wire.refused(call, error)
    return refusal(error)


def _safely(call: Call) -> Answer:
    try:
        result = _formed(call)
    except SalesforceError as error:
        result = _refused(call, error)
    except RecursionError:
        result = _refused(call, parser_error("The body is nested too deeply"))
    except Exception as error:
        no_room = has_no_room(error)
        shown = "No room to write: %s %s" if no_room else "The org failed on %s %s"
        LOG.exception(shown, call.method, call.path, exc_info=not no_room)
        result = _refused(call, NO_ROOM if no_room else UNEXPECTED)
    if result.status == 401:
        result.headers.setdefault("WWW-Authenticate", "Token")
    if call.path.startswith("/services/data/v"):
        result.headers.setdefault("Sforce-Limit-Info", call.org.limits.header())
    return result


def resource_of(path: str) -> str:
    """Return the name under which a call is counted."""
    found = split_version(path)
    if found is None:
        parts = path.strip("/").split("/")
        return "/".join(parts[1:3]) if parts[0] == "services" else parts[0]
    parts = found[1].strip("/").split("/")
    if parts[0] in {"sobjects", "composite", "jobs"} and len(parts) > 1:
        return "/".join(parts[:2])
    return parts[0] or "resources"


def _note(call: Call, result: Answer, milliseconds: float) -> None:
    path = f"{call.path}?{call.query}" if call.query else call.path
    call.org.journal.note(
        resource_of(call.path),
        at=clock.to_wire(clock.now()),
        method=call.method,
        path=redact(path)[:2000],
        status=0 if result.drop else result.status,
        milliseconds=round(milliseconds, 1),
        client=call.header("sforce-call-options") or call.header("user-agent")[:80],
        request=redact(call.body[:SHOWN].decode("utf-8", "replace")),
        response=redact((result.body()[:SHOWN]).decode("utf-8", "replace")),
    )
