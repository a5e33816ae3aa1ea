"""Which org is meant: the stored connection, overruled by what the environment sets."""

import os
from dataclasses import dataclass
from pathlib import Path

from crm_sync.client.sign_in import JWT_BEARER, Credentials
from crm_sync.models import Connection, Link

NAME = "default"
VARIABLES = {
    "login_url": "SALESFORCE_LOGIN_URL",
    "flow": "SALESFORCE_AUTH",
    "client_id": "SALESFORCE_CLIENT_ID",
    "client_secret": "SALESFORCE_CLIENT_SECRET",
    "private_key": "SALESFORCE_JWT_KEY_FILE",
    "username": "SALESFORCE_USERNAME",
    "api_version": "SALESFORCE_API_VERSION",
    "ca_file": "SALESFORCE_CA_FILE",
}
FLOW_NAMES = {"jwt": JWT_BEARER, "jwt_bearer": JWT_BEARER}


@dataclass(frozen=True, slots=True)
class Setup:
    """What is configured, and which parts are fixed by the environment."""

    credentials: Credentials
    fixed: frozenset[str]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether a sign-in can be tried."""
        return not self.missing


def connection() -> Connection:
    """Answer the one connection; it is there from the first question on."""
    row, _ = Connection.objects.get_or_create(name=NAME)
    return row


def filled_organization(row: Connection) -> str:
    """Answer the id of the org that holds our records; nothing while there are none."""
    has_records = Link.objects.filter(connection=row).exists()
    return row.organization_id if has_records else ""


def setup_of(row: Connection) -> Setup:
    """Merge the stored connection with the environment, which wins."""
    values, fixed = {}, set()
    for name, variable in VARIABLES.items():
        value = os.environ.get(variable, "")
        if value:
            fixed.add(name)
            values[name] = _read_key(value) if name == "private_key" else value
        else:
            values[name] = getattr(row, name)
    values["flow"] = FLOW_NAMES.get(values["flow"], values["flow"])
    return Setup(
        credentials=Credentials(**values), fixed=frozenset(fixed), missing=_missing(values)
    )


def _read_key(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _missing(values: dict[str, str]) -> tuple[str, ...]:
    secrets = ("private_key", "username") if values["flow"] == JWT_BEARER else ("client_secret",)
    return tuple(name for name in ("login_url", "client_id", *secrets) if not values[name])
