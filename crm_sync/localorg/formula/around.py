"""What names with a dollar stand for in formulas: the user, the organization, and constants."""

from datetime import UTC, datetime

from crm_sync.localorg import clock
from crm_sync.localorg.schema.model import Field

ORGANIZATION = "$organization"
USERS = {"$user": (), "$profile": ("Profile",), "$userrole": ("UserRole",)}
ORIGIN = datetime(1900, 1, 1, tzinfo=UTC)
TEXT = Field("Text", "Text", "string", length=255)
FLAG = Field("Flag", "Flag", "boolean")
MOMENT = Field("Moment", "Moment", "datetime")
# Custom permissions are given to nobody, sites and networks are not there.
CONSTANTS = {
    "$api": TEXT,
    "$network": TEXT,
    "$objecttype": TEXT,
    "$permission": FLAG,
    "$site": TEXT,
    "$system": MOMENT,
}


def is_constant(path: tuple[str, ...]) -> bool:
    """Say whether a path means the same for every record and every user."""
    return path[0].lower() in CONSTANTS


def constant(path: tuple[str, ...]) -> object:
    """Return what a path means that is the same for everybody."""
    first, last = path[0].lower(), path[-1].lower()
    if first == "$permission":
        return False
    if first == "$system":
        return ORIGIN
    kind, _, version = last.partition("_server_url_")
    if first == "$api" and kind in {"partner", "enterprise"} and version.isdigit():
        # Formulas cut the host off; without one the links they make stay on this org.
        return f"/services/Soap/{'u' if kind == 'partner' else 'c'}/{int(version) / 10:.1f}"
    return None


def constant_sql(path: tuple[str, ...]) -> str:
    """Return a constant as the store would keep it, in SQL."""
    value = constant(path)
    if isinstance(value, datetime):
        value = clock.to_wire(value)
    return f"'{value}'" if isinstance(value, str) else "0" if value is False else "NULL"
