"""One question of the examination and its answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One question to the org and its answer."""

    name: str
    is_ok: bool
    detail: str = ""
    fix: str = ""
