"""Links in forms: a record is chosen by its name, or by its id where names are shared."""

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.store.tables import quote

MOST_OFFERED = 30
ENOUGH = 2


def _targets(org: Org, field: Field) -> list[SObject]:
    found = (org.schema.find(name) for name in field.refers)
    return [each for each in found if each is not None and each.name_field is not None]


def _named(org: Org, field: Field, name: str) -> list[str]:
    """Return ids of live records of that name, no more than it takes to see that it is shared."""
    found: list[str] = []
    with org.store.read() as connection:
        for target in _targets(org, field):
            column = quote(target.name_field.name) if target.name_field is not None else "Id"
            sql = (
                f"SELECT Id FROM {quote(target.name)} WHERE {column} = ? AND IsDeleted = 0 "
                f"LIMIT {ENOUGH}"
            )
            found += [row[0] for row in connection.execute(sql, (name,))]
    return found


def title(org: Org, field: Field, value: object) -> str:
    """Return what stands for a linked record in a form: its name, if no other has it."""
    owner = org.schema.of_id(str(value)) if value else None
    name = owner.name_field if owner is not None else None
    if owner is None or name is None:
        return str(value or "")
    with org.store.read() as connection:
        sql = f"SELECT {quote(name.name)} FROM {quote(owner.name)} WHERE Id = ?"
        row = connection.execute(sql, (value,)).fetchone()
    shown = str(row[0]) if row is not None and row[0] else ""
    return shown if shown and _named(org, field, shown) == [value] else str(value)


def read(org: Org, field: Field, text: str) -> str:
    """Return the id of the record that a form names."""
    if ids.is_id(text) and org.schema.of_id(text) is not None:
        return text
    found = _named(org, field, text)
    if len(found) == 1:
        return found[0]
    kinds = " or ".join(each.label.lower() for each in _targets(org, field)) or "record"
    reason = (
        f"Several are named “{text}”: give the id" if found else f"No {kinds} is named “{text}”"
    )
    raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", f"{field.label}: {reason}.", [field.name])


def offers(org: Org, field: Field) -> list[str]:
    """Return the names of the records that were touched last."""
    found: list[str] = []
    with org.store.read() as connection:
        for target in _targets(org, field):
            column = quote(target.name_field.name) if target.name_field is not None else "Id"
            sql = (
                f"SELECT {column} FROM {quote(target.name)} WHERE IsDeleted = 0 "
                f"ORDER BY SystemModstamp DESC, Id DESC LIMIT {MOST_OFFERED}"
            )
            found += [str(row[0]) for row in connection.execute(sql) if row[0]]
    return list(dict.fromkeys(found))[:MOST_OFFERED]


def record_types(org: Org, owner: SObject) -> list[tuple[str, str]]:
    """Return the ids and labels of the record types that a record can have."""
    sql = (
        "SELECT Id, Name FROM RecordType WHERE SobjectType = ? AND IsActive = 1 "
        "AND IsDeleted = 0 ORDER BY Name"
    )
    with org.store.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(sql, (owner.name,))]
