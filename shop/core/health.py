"""Questions the readiness page asks; each package registers its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Probe:
    """The answer to one question."""

    ok: bool
    detail: str = ""


_probes: dict[str, Callable[[datetime], Probe]] = {}


def register(name: str, probe: Callable[[datetime], Probe]) -> None:
    """Add a question."""
    _probes[name] = probe


def run(now: datetime) -> dict[str, Probe]:
    """Ask every question and answer all results by name."""
    return {name: probe(now) for name, probe in _probes.items()}
