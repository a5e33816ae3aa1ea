"""What the org was asked: counters and the last calls."""

import re
import threading
from collections import Counter, deque
from dataclasses import dataclass

KEPT = 500
SHOWN = 4000
# Addresses are made up by those who ask: they must not fill the memory.
MOST_RESOURCES = 500
OTHERS = "others"
SECRET = re.compile(
    r"(00D\w{12,15}(?:!|%21))[\w.]+"
    r"|(\b(?:client_secret|password|assertion|(?:refresh_)?token|code(?:_verifier)?)=)[^&\s]+"
    r"|(<(?:\w+:)?(?:(?:new|old)?password|sessionIds?)(?:\s[^>]*)?>)[^<]+"
    r'|("(?:(?:new|old)?password|client_secret|refresh_token)"\s*:\s*")(?:[^"\\]|\\.)+',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One call and its answer."""

    number: int
    at: str
    method: str
    path: str
    status: int
    milliseconds: float
    client: str
    request: str
    response: str


def redact(text: str) -> str:
    """Blank out tokens and secrets."""
    return SECRET.sub(lambda match: f"{match[match.lastindex or 0]}…", text)


class Journal:
    """Counts requests by resource and remembers the last ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_resource: Counter[str] = Counter()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.requests = 0
        self.records_written = 0

    def note(self, resource: str, **facts: object) -> None:
        """Remember one call."""
        with self._lock:
            self.requests += 1
            is_known = resource in self._by_resource or len(self._by_resource) < MOST_RESOURCES
            self._by_resource[resource if is_known else OTHERS] += 1
            self._entries.append(Entry(number=self.requests, **facts))  # type: ignore[arg-type]

    def wrote(self, records: int = 1) -> None:
        """Count records that were written."""
        with self._lock:
            self.records_written += records

    def stats(self) -> dict[str, object]:
        """Return the counters."""
        with self._lock:
            return {
                "requests": self.requests,
                "by_resource": dict(sorted(self._by_resource.items())),
                "records_written": self.records_written,
            }

    def entries(self) -> list[Entry]:
        """Return the last calls, newest first."""
        with self._lock:
            return list(reversed(self._entries))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._by_resource.clear()
            self._entries.clear()
            self.requests = self.records_written = 0
