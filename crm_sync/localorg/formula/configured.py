"""What formulas read of the org's configuration: custom settings, custom metadata, labels."""

from crm_sync.localorg.formula.values import FormulaError
from crm_sync.localorg.schema.model import Field, Schema
from crm_sync.localorg.store.tables import quote

SETUP, METADATA, LABEL = "$setup", "$custommetadata", "$label"
NAMES = frozenset((SETUP, METADATA, LABEL))
STEPS = {SETUP: 3, METADATA: 4, LABEL: 2}
TEXT = Field("Text", "Text", "string", length=1000)


def is_configured(path: tuple[str, ...]) -> bool:
    """Say whether a path leads into the configuration."""
    return path[0].lower() in NAMES


def _missing(path: tuple[str, ...]) -> FormulaError:
    return FormulaError(f"Field {'.'.join(path)} does not exist. Check spelling.")


def field_at(schema: Schema, path: tuple[str, ...]) -> Field:
    """Return the field at the end of a path."""
    first = path[0].lower()
    if len(path) != STEPS[first]:
        raise _missing(path)
    if first == LABEL:
        if path[1].lower() not in schema.labels:
            raise _missing(path)
        return TEXT
    owner = schema.find(path[1])
    found = owner.find(path[-1]) if owner is not None else None
    if found is None or found.formula:
        raise _missing(path)
    return found


def sql_of(schema: Schema, path: tuple[str, ...], user_id: str) -> str:
    """Return the value at the end of a path in SQL; ids and names hold nothing to quote."""
    try:
        found, first = field_at(schema, path), path[0].lower()
    except FormulaError:
        return "NULL"
    if first == LABEL:
        text = schema.labels[path[1].lower()].replace("'", "''")
        return f"'{text}'"
    table, column = quote(schema.require(path[1]).name), quote(found.name)
    if first == METADATA:
        return f"(SELECT {column} FROM {table} WHERE DeveloperName = '{path[2]}')"
    # The record of the user comes before that of the profile, and that before the org's.
    profile = f"(SELECT ProfileId FROM User WHERE Id = '{user_id}')"
    return (
        f"(SELECT {column} FROM {table} WHERE IsDeleted = 0 AND {column} IS NOT NULL "
        f"AND (SetupOwnerId = '{user_id}' OR SetupOwnerId = {profile} OR SetupOwnerId LIKE '00D%') "
        "ORDER BY CASE substr(SetupOwnerId, 1, 3) WHEN '005' THEN 0 WHEN '00e' THEN 1 ELSE 2 END "
        "LIMIT 1)"
    )
