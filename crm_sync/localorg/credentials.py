"""Who may sign in to this org: made once, kept in a file that only its owner reads."""

import json
import os
import secrets
import string
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_BITS = 2048
PRIVATE_KEY = "jwt_private.pem"
PUBLIC_KEY = "jwt_public.pem"
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Credentials:
    """The one client application and the integration user it runs as."""

    client_id: str
    client_secret: str
    username: str
    password: str
    jwt_private_key: str = ""


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def write_private(path: Path, content: str) -> None:
    """Write a file that nobody else may read, all of it or nothing."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    partial.replace(path)


def _create(path: Path) -> Credentials:
    made = Credentials(
        client_id=f"3MVG9{_random(80)}",
        client_secret=_random(64),
        username=f"integration.{_random(8).lower()}@localorg.example",
        password=_random(24),
    )
    _write(path, made)
    return made


def _write(path: Path, content: Credentials) -> None:
    write_private(path, json.dumps(asdict(content), indent=2) + "\n")


def _make_keys(folder: Path) -> None:
    """Write a key pair for JWT bearer: the private half goes to whoever signs assertions."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write_private(folder / PRIVATE_KEY, private.decode())
    write_private(folder / PUBLIC_KEY, public.decode())


def load_or_create(path: Path) -> Credentials:
    """Return the org's credentials; a new org gets random ones and a key pair of its own.

    A public key or certificate that somebody put into the folder is theirs: it stays.
    """
    known = _load(path) if path.exists() else _create(path)
    if not (path.parent / PUBLIC_KEY).exists():
        _make_keys(path.parent)
    named = PRIVATE_KEY if (path.parent / PRIVATE_KEY).exists() else ""
    if named != known.jwt_private_key:
        known = replace(known, jwt_private_key=named)
        _write(path, known)
    return known


def with_password(path: Path, known: Credentials, word: str) -> Credentials:
    """Return the credentials with another password, and keep them."""
    changed = replace(known, password=word)
    _write(path, changed)
    return changed


def _load(path: Path) -> Credentials:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Credentials(*(str(found.get(name, "")) for name in Credentials.__slots__))
