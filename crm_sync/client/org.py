"""One Salesforce org: a wrapper round simple-salesforce that keeps the session in its own hands."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.format import format_soql

from crm_sync.client.answers import (
    CallRecord,
    ConvertedLead,
    RecordAnswer,
    Usage,
    long_id,
    long_ids,
    record_answer,
    usage_of,
    whole_call_fault,
)
from crm_sync.client.faults import CallFailed, Fault, Kind
from crm_sync.client.session import allow_loopback, open_session, transport_fault
from crm_sync.client.sign_in import Credentials, Token, TokenKeeper
from crm_sync.client.soap import (
    CONTENT_TYPE,
    Conversion,
    conversion_answers,
    conversion_envelope,
    soap_fault,
)

CLIENT_NAME = "ModernStore"
COLLECTION_SIZE = 200
READ_TRIES = 3
PAUSE_SECONDS = 0.2
ASK_AGAIN = frozenset({Kind.TRANSIENT, Kind.UNKNOWN, Kind.CONTENTION})
# An org that does not know the resource, or does not let us ask it.
UNANSWERED = frozenset({Kind.REFUSED, Kind.IDENTITY, Kind.PERMANENT})
IDS_PER_QUERY = 300
LETTERS_PER_QUERY = 12_000  # Salesforce reads addresses of up to 16 KB
LETTERS_PER_NAME = 9  # two quotes and a comma, as they are written in an address
LONGEST_PAUSE = 900.0
CALL_HEADERS = {
    "Sforce-Call-Options": f"client={CLIENT_NAME}",
    "Sforce-Auto-Assign": "FALSE",
    "Content-Type": "application/json",
}
ALLOW_DUPLICATES = {
    "Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=true; "
    "runAsCurrentUser=true"
}
Answer = dict[str, Any] | list[Any] | None


def _ignore(_record: CallRecord) -> None:
    """Keep no log: for calls that a person makes by hand."""


class Org:
    """Calls to one org; a refused token is renewed once and the call repeated once."""

    def __init__(
        self, credentials: Credentials, on_call: Callable[[CallRecord], None] = _ignore
    ) -> None:
        self.credentials = credentials
        self.usage: Usage | None = None
        self.calls = 0
        self._on_call = on_call
        self._session = open_session(
            credentials.login_url, ca_file=credentials.ca_file, on_answer=self._note_usage
        )
        self._keeper = TokenKeeper(credentials, self._session)
        self._library: Salesforce | None = None
        self._library_token: Token | None = None
        self._pause_seconds = 0.0

    def watch(self, on_call: Callable[[CallRecord], None]) -> None:
        """Tell somebody else of the calls from now on."""
        self._on_call = on_call

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def sign_in(self) -> Token:
        """Sign in, or answer the session that stands."""
        return self._keeper.current()

    def identity(self) -> dict[str, Any]:
        """Answer who the integration user is, from the org's own words."""
        try:
            answer = self._guarded("GET", "/services/oauth2/userinfo", records=0)
        except CallFailed as failure:
            # An app with narrow scopes may not ask; the sign-in named user and org as well.
            told = ids_of(self.sign_in().identity_url)
            if not told or failure.fault.kind not in UNANSWERED:
                raise
            return told
        return dict(answer) if isinstance(answer, dict) else ids_of(self.sign_in().identity_url)

    def versions(self) -> list[str]:
        """Answer the API versions that the org lists."""
        answer = self._guarded("GET", "/services/data", records=0)
        return [str(item["version"]) for item in answer or [] if isinstance(item, dict)]

    def limits(self) -> dict[str, Any]:
        """Answer the org's limits."""
        answer = self.call("GET", "limits")
        return dict(answer) if isinstance(answer, dict) else {}

    def describe(self, sobject: str) -> dict[str, Any]:
        """Answer what an object looks like for the integration user."""
        answer = self.call("GET", f"sobjects/{quote(sobject)}/describe")
        return dict(answer) if isinstance(answer, dict) else {}

    def query(self, soql: str, **values: Any) -> list[dict[str, Any]]:
        """Answer every row of a query; values are escaped, pages are followed."""
        statement = format_soql(soql, **values) if values else soql
        page = _page(self.call("GET", "query", params={"q": statement}))
        rows: list[dict[str, Any]] = list(page["records"])
        while not page.get("done", True):
            # The next page is named by its path, by some also with the host.
            path = urlsplit(str(page.get("nextRecordsUrl") or "")).path
            if not path:
                raise CallFailed(_odd("The answer has more rows, but does not say where."))
            page = _page(self._guarded("GET", path, records=0))
            rows.extend(page["records"])
        return [long_ids(row) for row in rows]

    def count(self, soql: str, **values: Any) -> int:
        """Answer a `SELECT COUNT()`."""
        statement = format_soql(soql, **values) if values else soql
        answer = self.call("GET", "query", params={"q": statement})
        if not isinstance(answer, dict) or not isinstance(answer.get("totalSize"), int):
            raise CallFailed(_odd("The answer holds no number."))
        return int(answer["totalSize"])

    def query_by(self, soql: str, names: Sequence[str], **values: Any) -> Iterator[dict[str, Any]]:
        """Ask in parts for many names, so that the address stays short; `{names}` is the list."""
        for part in _parts(names):
            yield from self._ask_by(soql, part, values)

    def _ask_by(
        self, soql: str, names: Sequence[str], values: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        try:
            return self.query(soql, names=list(names), **values)
        except CallFailed as failure:
            if failure.fault.kind is not Kind.TOO_BIG or len(names) < 2:
                raise
        middle = len(names) // 2
        return [
            *self._ask_by(soql, names[:middle], values),
            *self._ask_by(soql, names[middle:], values),
        ]

    def upsert_collection(
        self,
        sobject: str,
        external_field: str,
        records: Sequence[Mapping[str, Any]],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> list[RecordAnswer]:
        """Upsert up to 200 records of one object by external id; each gets its own answer."""
        body = {
            "allOrNone": False,
            "records": [{"attributes": {"type": sobject}, **record} for record in records],
        }
        path = f"composite/sobjects/{quote(sobject)}/{quote(external_field)}"
        return self._collection("PATCH", path, body, len(records), headers)

    def update_collection(
        self, sobject: str, records: Sequence[Mapping[str, Any]]
    ) -> list[RecordAnswer]:
        """Update up to 200 records by their Salesforce id."""
        body = {
            "allOrNone": False,
            "records": [{"attributes": {"type": sobject}, **record} for record in records],
        }
        return self._collection("PATCH", "composite/sobjects", body, len(records), None)

    def _collection(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        size: int,
        headers: Mapping[str, str] | None,
    ) -> list[RecordAnswer]:
        answer = self.call(method, path, json=body, records=size, headers=headers)
        if not isinstance(answer, list) or len(answer) != size:
            raise CallFailed(
                Fault(
                    kind=Kind.UNKNOWN,
                    code="SHORT_ANSWER",
                    message="The answer does not have one line per record.",
                )
            )
        return [record_answer(item) for item in answer]

    def convert_leads(self, conversions: Sequence[Conversion]) -> list[ConvertedLead]:
        """Convert up to 100 leads; not repeatable, so callers look before they send again."""
        version = self.credentials.api_version
        content = self._guarded(
            "POST",
            f"/services/Soap/u/{version}",
            records=len(conversions),
            soap=lambda token: conversion_envelope(token, conversions),
        )
        return conversion_answers(content if isinstance(content, bytes) else b"", len(conversions))

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        records: int = 0,
    ) -> Answer:
        """Call a resource below the versioned address."""
        answer = self._guarded(
            method,
            f"/services/data/v{self.credentials.api_version}/{path}",
            records=records,
            json=json,
            params=params,
            headers=headers,
        )
        return answer if not isinstance(answer, bytes) else None

    def _guarded(self, method: str, path: str, **request: Any) -> Answer | bytes:
        tries = READ_TRIES if method == "GET" else 1
        while True:
            tries -= 1
            try:
                return self._signed_in(method, path, **request)
            except CallFailed as failure:
                # Reading twice harms nobody, so a question that got lost is asked again.
                if not tries or failure.fault.kind not in ASK_AGAIN:
                    raise
            time.sleep(PAUSE_SECONDS)

    def _signed_in(self, method: str, path: str, **request: Any) -> Answer | bytes:
        token = self._keeper.current()
        try:
            return self._once(token, method, path, **request)
        except CallFailed as refusal:
            if refusal.fault.kind is not Kind.TOKEN:
                raise
        # The same request goes out again with all its headers; a second refusal is final.
        return self._once(self._keeper.renew(token), method, path, **request)

    def _once(self, token: Token, method: str, path: str, **request: Any) -> Answer | bytes:
        records = request.pop("records", 0)
        started = time.monotonic()
        status, code = 0, ""
        try:
            answer, status = self._send(token, method, path, request)
        except CallFailed as failure:
            status, code = failure.fault.status, failure.fault.code
            raise
        else:
            return answer
        finally:
            self.calls += 1
            self._on_call(
                CallRecord(
                    method=method,
                    path=path,
                    status=status,
                    code=code,
                    milliseconds=int((time.monotonic() - started) * 1000),
                    records=records,
                    usage=self.usage,
                )
            )

    def _send(
        self, token: Token, method: str, path: str, request: dict[str, Any]
    ) -> tuple[Answer | bytes, int]:
        soap = request.pop("soap", None)
        headers = {**CALL_HEADERS, **(request.pop("headers", None) or {})}
        if soap is not None:
            request["data"] = soap(token.value)
            headers |= {"Content-Type": CONTENT_TYPE, "SOAPAction": '""'}
        library = self._library_for(token)
        url = f"https://{library.sf_instance}{path}"
        try:
            answer = library._call_salesforce(  # noqa: SLF001 - its public verbs lose headers
                method, url, name=path, headers=headers, allow_redirects=False, **_given(request)
            )
        except SalesforceError as error:
            fault = _refused(error, is_soap=soap is not None)
            raise CallFailed(replace(fault, pause_seconds=self._pause_seconds)) from error
        except requests.exceptions.RequestException as error:
            raise CallFailed(transport_fault(error)) from error
        return (answer.content if soap is not None else _json(answer)), answer.status_code

    def _library_for(self, token: Token) -> Salesforce:
        """The library remembers token and host, so each token gets its own instance."""
        if self._library is None or self._library_token is not token:
            instance = allow_loopback(self._session, token.instance_url)
            self._library = Salesforce(
                session_id=token.value,
                instance_url=instance,
                version=self.credentials.api_version,
                session=self._session,
            )
            self._library_token = token
        return self._library

    def _note_usage(self, answer: requests.Response) -> None:
        usage = usage_of(answer.headers.get("Sforce-Limit-Info", ""))
        self.usage = usage or self.usage
        told = answer.headers.get("Retry-After", "")
        # Salesforce itself never says; what stands in front of it may.
        self._pause_seconds = min(float(told), LONGEST_PAUSE) if told.isdecimal() else 0.0


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if value is not None}


def _json(answer: requests.Response) -> Answer:
    if answer.status_code == requests.codes.no_content or not answer.content:
        return None
    try:
        parsed: Answer = answer.json()
    except ValueError as error:
        fault = Fault(kind=Kind.UNKNOWN, code="NOT_JSON", message="The answer was not JSON.")
        raise CallFailed(fault) from error
    return parsed


def _refused(error: SalesforceError, *, is_soap: bool) -> Fault:
    content = error.content
    if is_soap and isinstance(content, str):
        content = soap_fault(content.encode()) or content
    return whole_call_fault(error.status, content)


def _page(answer: Answer | bytes) -> dict[str, Any]:
    """Insist on rows: an answer without any must not pass for a query that found none."""
    if not isinstance(answer, dict) or not isinstance(answer.get("records"), list):
        raise CallFailed(_odd("The answer holds no rows."))
    return answer


def _odd(message: str) -> Fault:
    return Fault(kind=Kind.UNKNOWN, code="ODD_ANSWER", message=message)


def _parts(names: Sequence[str]) -> Iterator[list[str]]:
    """Cut a list so that each part fits into an address, however long the names are."""
    part: list[str] = []
    length = 0
    for name in names:
        size = len(quote(name)) + LETTERS_PER_NAME
        if part and (len(part) == IDS_PER_QUERY or length + size > LETTERS_PER_QUERY):
            yield part
            part, length = [], 0
        part.append(name)
        length += size
    if part:
        yield part


def ids_of(identity_url: str) -> dict[str, Any]:
    """Read the ids of org and user out of the address that names the user."""
    words = urlsplit(identity_url).path.rstrip("/").split("/")
    if len(words) < 3 or not words[-2].startswith("00D"):
        return {}
    return {"organization_id": long_id(words[-2]), "user_id": long_id(words[-1])}
