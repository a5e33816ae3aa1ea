"""Who does something: plain values, so that the core needs no user table."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

SYSTEM = "SYSTEM"
CUSTOMER = "CUSTOMER"
GUEST = "GUEST"
STAFF = "STAFF"
API = "API"
CRM = "CRM"

_correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program that acts, as the records will name it."""

    kind: str
    key: str = ""
    label: str = ""
    on_behalf_of: str = ""
    channel: str = "web"
    correlation_id: str = ""

    def thread_id(self) -> str:
        """The id that ties this act to the click that caused it."""
        return self.correlation_id or correlation_id()


SYSTEM_ACTOR = Actor(kind=SYSTEM, label="System", channel="system")


def correlation_id() -> str:
    """Answer the id of the request or job that is running, or an empty text."""
    return _correlation_id.get()


@contextmanager
def bind_correlation_id(value: str) -> Iterator[None]:
    """Let one id follow everything that happens inside the block."""
    token = _correlation_id.set(value)
    try:
        yield
    finally:
        _correlation_id.reset(token)
