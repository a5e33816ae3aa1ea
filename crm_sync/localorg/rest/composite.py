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
# Each of them inside itself would make millions of requests out of one.
NESTING = re.compile(r"/composite(?:/(?:batch|graph))?/?", re.IGNORECASE)
ENCODED = re.compile(r"(?:@|%40)%7B(.+?)%7D", re.IGNORECASE)
REFERENCE = re.compile(r"@\{([^}]+)\}")
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
NAME = re.compile(r"[A-Za-z0-9]\w*\Z", re.ASCII)
NAME_RULE = (
    "Provided referenceId ('{}') must start with a letter or a number, and it can contain only "
    "letters, numbers and underscores ('_')."
)
# From this version on names are checked before anything runs, and nothing may be filled in.
STRICT = 52
FORBIDDEN = frozenset(("accept", "authorization", "content-type"))
METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
RESOURCES = ("tree", "batch", "sobjects", "graph")
HALTED = SalesforceError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)
BATCH_HALTED = SalesforceError("BATCH_PROCESSING_HALTED", "The batch was halted", status=412)
Answers = dict[str, object]
Dispatch = Callable[[Call], Answer]


class Earlier:
    """The answers of earlier subrequests, to which later ones refer."""

    def __init__(self, version: str) -> None:
        self.answers: Answers = {}
        self.takes_nothing = float(version) >= STRICT

    def find(self, expression: str) -> object:
        """Return what a reference stands for; names count with their case."""
        value: object = self.answers
        for name, index in STEP.findall(expression):
            value = _step(value, name, index, expression)
        if value is None and not self.takes_nothing:
            raise _no_value(expression)
        return value


def _no_value(expression: str) -> SalesforceError:
    root = re.split(r"[.\[]", expression, maxsplit=1)[0]
    message = f"Invalid reference specified. No value for {expression} found in {root}. "
    return SalesforceError("PROCESSING_HALTED", message + NAME_RULE.format(expression))


def _step(value: object, name: str, index: str, expression: str) -> object:
    if index and isinstance(value, list) and int(index) < len(value):
        return value[int(index)]
    if name and isinstance(value, dict) and name in value:
        return value[name]
    raise _no_value(expression)


def fill(value: object, earlier: Earlier, *, in_address: bool = False) -> object:
    """Replace references to earlier answers inside a request."""
    if isinstance(value, dict):
        return {key: fill(each, earlier) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, earlier) for each in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    whole = REFERENCE.fullmatch(value)
    if whole is not None:
        return earlier.find(whole.group(1))

    def text(match: re.Match[str]) -> str:
        found = earlier.find(match.group(1))
        text = "" if found is None else str(found)
        return quote(text, safe="") if in_address else text

    return REFERENCE.sub(text, value)


def subcall(call: Call, request: dict[str, object], url: str, body: object) -> Call:
    """Return the call that a subrequest stands for."""
    parts = urlsplit(url)
    version = split_version(parts.path)
    headers = dict(call.headers)
    extra = request.get("httpHeaders")
    if isinstance(extra, dict):
        headers |= {str(name).lower(): str(value) for name, value in extra.items()}
    if NESTING.fullmatch(version[1] if version else ""):
        raise SalesforceError("BAD_REQUEST", f"{parts.path} cannot be part of another composite")
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
        message = f"The request can’t contain more than {most} operations."
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
        self.earlier = Earlier(call.version)
        self.failed: set[str] = set()
        self.results: list[dict[str, object]] = []

    def run(self, requests: list[dict[str, object]]) -> bool:
        """Run everything; say whether it holds."""
        check(self.call, requests)
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
            # Some clients encode the whole address, references too.
            plain = ENCODED.sub(
                lambda found: f"@{{{unquote(found[1])}}}", str(request.get("url", ""))
            )
            url = fill(plain, self.earlier, in_address=True)
            body = fill(request.get("body"), self.earlier)
            answer = self.dispatch(subcall(self.call, request, str(url), body))
        except SalesforceError as error:
            answer = refusal(error)
        if _is_refused(answer) or (self.all_or_none and _has_failed_rows(answer.data)):
            self.failed.add(name)
        if answer.status < 300:
            self.earlier.answers[name] = answer.data
        self.results.append(_result(answer, name))


def _is_refused(answer: Answer) -> bool:
    """Say whether a subrequest failed; that nothing was changed since a moment is no failure."""
    return answer.status >= 300 and answer.status != 304


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


def check(call: Call, requests: list[dict[str, object]]) -> None:
    """Refuse subrequests as a whole for what none of them may say."""
    names = [request.get("referenceId") for request in requests]
    for name in names:
        legal = isinstance(name, str) and NAME.match(name)
        if not legal and (float(call.version) >= STRICT or not isinstance(name, str)):
            raise parser_error(NAME_RULE.format(name))
    if len(set(names)) < len(names):
        raise SalesforceError("INVALID_FIELD", "Duplicate referenceId provided in a request")
    for request in requests:
        _check_request(request)


def _check_request(request: dict[str, object]) -> None:
    headers = request.get("httpHeaders")
    if isinstance(headers, dict) and FORBIDDEN & {str(key).lower() for key in headers}:
        message = "Subrequests can't set Accept, Authorization or Content-Type"
        raise SalesforceError("INVALID_HTTP_HEADER", message)
    _check_method(request)
    if not str(request.get("url", "")).startswith("/services/data/v"):
        raise parser_error("url: an address that begins with /services/data/vXX.X/ is expected")


def _check_method(request: dict[str, object]) -> None:
    method = request.get("method")
    if str(method) not in METHODS:
        raise parser_error(f"method: {method} is not one of {', '.join(sorted(METHODS))}")


def _check_queries(requests: list[dict[str, object]]) -> None:
    heavy = [each for each in requests if HEAVY.search(str(each.get("url", "")))]
    if len(heavy) > MOST_HEAVY:
        message = f"Limit exceeded. At most {MOST_HEAVY} queries and collections."
        raise SalesforceError("LIMIT_EXCEEDED", message)


class Several:
    """The resources that run other resources."""

    def __init__(self, dispatch: Dispatch) -> None:
        self.dispatch = dispatch

    def listing(self, call: Call) -> Answer:
        """Say where the other composite resources are."""
        return Answer({name: f"{call.base}/composite/{name}" for name in RESOURCES})

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
        for request in requests:
            _check_method(request)
            if not isinstance(request.get("url"), str):
                raise parser_error("url: an address is expected")
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
