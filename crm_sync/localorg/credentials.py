"""Who may sign in to this org: made once, kept in a file that only its owner reads."""

import json
import os
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Credentials:
    """The one client application and the integration user it runs as."""

    client_id: str
    client_secret: str
    username: str
    password: str


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def write_private(path: Path, content: str) -> None:
    """Write a file that nobody else may read, all of it or nothing."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    partial.replace(path)


def load_or_create(path: Path) -> Credentials:
    """Return the org's credentials; a new org gets random ones."""
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
        return Credentials(*(str(known[name]) for name in Credentials.__slots__))
    made = Credentials(
        client_id=f"3MVG9{_random(80)}",
        client_secret=_random(64),
        username=f"integration.{_random(8).lower()}@localorg.example",
        password=_random(24),
    )
    write_private(path, json.dumps(asdict(made), indent=2) + "\n")
    return made
