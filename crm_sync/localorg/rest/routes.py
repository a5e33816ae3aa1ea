"""The table of REST addresses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, Handler

VERSION = re.compile(r"/services/data/v(\d+\.\d+)(/.*)?\Z")


@dataclass(frozen=True, slots=True)
class Route:
    """One address and what answers each method."""

    address: str
    pattern: re.Pattern[str]
    methods: dict[str, Handler]


ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _with_head(methods: list[str]) -> list[str]:
    """Return methods in the usual order; what can be got can be asked for its head."""
    return ["HEAD"] * ("GET" in methods) + sorted(methods, key=ORDER.index)


class Routes:
    """Finds the handler of a call."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, address: str, **methods: Handler) -> None:
        """Add an address; words in angle brackets match one segment."""
        regex = re.sub(r"(?<!P)<(\w+)>", r"(?P<\1>[^/]+)", address)
        self._routes.append(Route(address, re.compile(f"{regex}/?\\Z", re.IGNORECASE), methods))

    def listing(self) -> list[tuple[str, list[str]]]:
        """Return every address with its methods."""
        return [(route.address, sorted(route.methods)) for route in self._routes]

    def find(self, path: str, method: str) -> Callable[[Call], Answer]:
        """Return the handler with the address's words filled in."""
        known: list[str] = []
        for route in self._routes:
            match = route.pattern.match(path)
            if match is None:
                continue
            handler = route.methods.get("GET" if method == "HEAD" else method)
            if handler is not None:
                words = {key: unquote(value) for key, value in match.groupdict().items()}
                return lambda call: handler(call, **words)
            known += [each for each in sorted(route.methods) if each not in known]
        if not known:
            raise not_found()
        message = f"HTTP Method '{method}' not allowed. Allowed are {','.join(_with_head(known))}"
        raise SalesforceError("METHOD_NOT_ALLOWED", message)


def split_version(path: str) -> tuple[str, str] | None:
    """Return the version and the rest of a REST address."""
    match = VERSION.match(path)
    return (match.group(1), match.group(2) or "/") if match else None
