"""Several requests in one: composite with references, and batch."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call, refusal
from crm_sync.localorg.rest.routes import split_version

MOST = 25
MOST_HEAVY = 5
HEAVY = re.compile(r"/(?:query|queryAll|composite/sobjects)\b", re.IGNORECASE)
ENCODED = re.compile(r"(?:@|%40)%7B(.+?)%7D", re.IGNORECASE)
REFERENCE = re.compile(r"@\{([^}]+)\}")
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
FORBIDDEN = frozenset(("accept", "authorization", "content-type"))
HALTED = SalesforceError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)
BATCH_HALTED = SalesforceError("BATCH_PROCESSING_HALTED", "The batch was halted", status=412)
Answers = dict[str, object]
Dispatch = Callable[[Call], Answer]


def _lookup(answers: Answers, expression: str) -> object:
    value: object = answers
    for name, index in STEP.findall(expression):
        value = _step(value, name, index, expression)
    return value


def _step(value: object, name: str, index: str, expression: str) -> object:
    if index and isinstance(value, list) and int(index) < len(value):
        return value[int(index)]
    if name and isinstance(value, dict):
        if name in value:
            return value[name]
        for key in value:
            if key.lower() == name.lower():
                return value[key]
    message = f"Invalid reference specified. No value for {expression} found."
    raise SalesforceError("PROCESSING_HALTED", message)


def fill(value: object, answers: Answers, *, in_address: bool = False) -> object:
    """Replace references to earlier answers inside a request."""
    if isinstance(value, dict):
        return {key: fill(each, answers) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, answers) for each in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    whole = REFERENCE.fullmatch(value)
    if whole is not None:
        return _lookup(answers, whole.group(1))

    def text(match: re.Match[str]) -> str:
        found = str(_lookup(answers, match.group(1)))
        return quote(found, safe="") if in_address else found

    return REFERENCE.sub(text, value)


def subcall(call: Call, request: dict[str, object], url: str, body: object) -> Call:
    """Return the call that a subrequest stands for."""
    parts = urlsplit(url)
    version = split_version(parts.path)
    headers = dict(call.headers)
    extra = request.get("httpHeaders")
    if isinstance(extra, dict):
        headers |= {str(name).lower(): str(value) for name, value in extra.items()}
    made = Call(
        org=call.org,
        method=str(request.get("method", "GET")).upper(),
        path=parts.path,
        query=parts.query,
        headers=headers,
        body=b"" if body is None else json.dumps(body).encode(),
        host=call.host,
        version=version[0] if version else call.version,
        session=call.session,
        parsed=body,
    )
    return made


def subrequests(value: object, name: str, most: int) -> list[dict[str, object]]:
    """Return the list of subrequests, checked for its form."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise parser_error(f"{name}: a list of requests is expected")
    if not value:
        raise SalesforceError("INVALID_FIELD", f"{name}: at least one request is expected")
    if len(value) > most:
        message = f"Limit exceeded. {name} can have at most {most} entries."
        raise SalesforceError("LIMIT_EXCEEDED", message)
    return value


class Halt(Exception):
    """Undoes a composite request."""


class Sequence:
    """Runs subrequests one after the other, each able to use what came before."""

    def __init__(self, call: Call, dispatch: Dispatch, *, all_or_none: bool) -> None:
        self.call = call
        self.dispatch = dispatch
        self.all_or_none = all_or_none
        self.answers: Answers = {}
        self.failed: set[str] = set()
        self.results: list[dict[str, object]] = []

    def run(self, requests: list[dict[str, object]]) -> bool:
        """Run everything; say whether it holds."""
        _check_names(requests)
        if not self.all_or_none:
            for request in requests:
                self._one(request)
            return not self.failed
        try:
            with self.call.org.store.write():
                self._together(requests)
        except Halt:
            self._roll_back(requests)
            return False
        return True

    def refuse(self, requests: list[dict[str, object]]) -> None:
        """Answer that nothing of this was tried."""
        names = [str(request.get("referenceId")) for request in requests]
        self.failed = set(names)
        self.results = [_result(refusal(HALTED), name) for name in names]

    def _together(self, requests: list[dict[str, object]]) -> None:
        for request in requests:
            self._one(request)
            if self.failed:
                raise Halt

    def _roll_back(self, requests: list[dict[str, object]]) -> None:
        done = {str(result["referenceId"]): result for result in self.results}
        self.results = []
        for request in requests:
            name = str(request["referenceId"])
            if name in self.failed:
                self.results.append(done[name])
            else:
                self.results.append(_result(refusal(HALTED), name))

    def _one(self, request: dict[str, object]) -> None:
        name = str(request["referenceId"])
        try:
            _check_headers(request)
            # Some clients encode the whole address, references too.
            plain = ENCODED.sub(
                lambda found: f"@{{{unquote(found[1])}}}", str(request.get("url", ""))
            )
            url = fill(plain, self.answers, in_address=True)
            body = fill(request.get("body"), self.answers)
            answer = self.dispatch(subcall(self.call, request, str(url), body))
        except SalesforceError as error:
            answer = refusal(error)
        if answer.status >= 300 or (self.all_or_none and _has_failed_rows(answer.data)):
            self.failed.add(name)
        if answer.status < 300:
            self.answers[name] = answer.data
        self.results.append(_result(answer, name))


def _check_headers(request: dict[str, object]) -> None:
    headers = request.get("httpHeaders")
    if isinstance(headers, dict) and FORBIDDEN & {str(key).lower() for key in headers}:
        message = "Subrequests can't set Accept, Authorization or Content-Type"
        raise SalesforceError("INVALID_HTTP_HEADER", message)


def _has_failed_rows(data: object) -> bool:
    return isinstance(data, list) and any(
        isinstance(row, dict) and row.get("success") is False for row in data
    )


def _result(answer: Answer, name: str) -> dict[str, object]:
    return {
        "body": answer.data,
        "httpHeaders": answer.headers,
        "httpStatusCode": answer.status,
        "referenceId": name,
    }


def _check_names(requests: list[dict[str, object]]) -> None:
    names = [request.get("referenceId") for request in requests]
    if any(not isinstance(name, str) or not re.fullmatch(r"\w+", name) for name in names):
        message = "Provided referenceId must be alphanumeric, beginning with a letter or number"
        raise SalesforceError("INVALID_FIELD", message)
    if len(set(names)) < len(names):
        raise SalesforceError("INVALID_FIELD", "Duplicate referenceId provided in a request")


def _check_queries(requests: list[dict[str, object]]) -> None:
    heavy = [each for each in requests if HEAVY.search(str(each.get("url", "")))]
    if len(heavy) > MOST_HEAVY:
        message = f"Limit exceeded. At most {MOST_HEAVY} queries and collections."
        raise SalesforceError("LIMIT_EXCEEDED", message)


class Several:
    """The resources that run other resources."""

    def __init__(self, dispatch: Dispatch) -> None:
        self.dispatch = dispatch

    def composite(self, call: Call) -> Answer:
        """Run requests that may use each other's answers."""
        body = call.json_object()
        requests = subrequests(body.get("compositeRequest"), "compositeRequest", MOST)
        _check_queries(requests)
        sequence = Sequence(call, self.dispatch, all_or_none=body.get("allOrNone") is True)
        sequence.run(requests)
        return Answer({"compositeResponse": sequence.results})

    def batch(self, call: Call) -> Answer:
        """Run requests that have nothing to do with each other."""
        body = call.json_object()
        requests = subrequests(body.get("batchRequests"), "batchRequests", MOST)
        call.org.limits.count(len(requests) - 1)
        results: list[dict[str, object]] = []
        failed = False
        for request in requests:
            halted = failed and body.get("haltOnError") is True
            answer = refusal(BATCH_HALTED) if halted else self._in_batch(call, request)
            failed = failed or answer.status >= 300
            results.append({"statusCode": answer.status, "result": answer.data})
        return Answer({"hasErrors": failed, "results": results})

    def _in_batch(self, call: Call, request: dict[str, object]) -> Answer:
        url = str(request.get("url", ""))
        if not url.startswith("/"):
            url = f"/services/data/{url}"
        try:
            return self.dispatch(subcall(call, request, url, request.get("richInput")))
        except SalesforceError as error:
            return refusal(error)
