"""What one request or job has read already, so that it reads it once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Value = TypeVar("Value")

_memory: ContextVar[dict[str, Any] | None] = ContextVar("request_memory", default=None)


@contextmanager
def scope() -> Iterator[None]:
    """Begin with an empty memory and drop it at the end of the block."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def is_active() -> bool:
    """Whether a request or job is running that remembers."""
    return _memory.get() is not None


def remember(name: str, load: Callable[[], Value]) -> Value:
    """Answer what was loaded under this name before, or load it; outside a scope always load."""
    memory = _memory.get()
    if memory is None:
        return load()
    if name not in memory:
        memory[name] = load()
    value: Value = memory[name]
    return value


def forget(name: str) -> None:
    """Load it again at the next question."""
    memory = _memory.get()
    if memory is not None:
        memory.pop(name, None)
