"""Field history as objects: what the org writes down anyway, seen as the platform shows it."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from crm_sync.localorg import ids
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.schema.standard import read_field, system_fields

PREFIX = "017"
PAST_ID = "_past_id"
MOST_FIELDS = 1024
STANDARD = (
    "Account",
    "Asset",
    "Case",
    "Contact",
    "Contract",
    "Lead",
    "Opportunity",
    "Order",
    "OrderItem",
    "Pricebook2",
    "PricebookEntry",
    "Product2",
)
OTHERWISE = {"Opportunity": "OpportunityFieldHistory"}
FIELDS = """
Field picklist:255
DataType picklist:40
OldValue anyType
NewValue anyType
"""
HIDDEN = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")
KINDS = {
    "boolean": "Boolean",
    "currency": "Currency",
    "date": "DateOnly",
    "datetime": "DateTime",
    "double": "Double",
    "email": "Email",
    "int": "Double",
    "multipicklist": "MultiEnum",
    "percent": "Percent",
    "phone": "Phone",
    "picklist": "DynamicEnum",
    "reference": "EntityId",
    "textarea": "TextArea",
    "url": "Url",
}


def install(connection: sqlite3.Connection, salt: Callable[[], str]) -> None:
    """Teach a connection the ids of the rows of a history."""

    def past_id(seq: int, place: int) -> str:
        return ids.from_number(PREFIX, salt(), seq * MOST_FIELDS + place)

    connection.create_function(PAST_ID, 2, past_id, deterministic=True)


def shown_name(field: Field) -> str:
    """Return the name under which a history tells of a field: a link by what it leads to."""
    if field.type == "reference" and not field.custom:
        return field.name.removesuffix("Id")
    return field.name


def _choices(fields: list[Field], results: dict[str, str], usual: str) -> str:
    cases = " ".join(
        f"WHEN '{each.name}' THEN '{results[each.name]}'" for each in fields if each.name in results
    )
    name = "json_extract(e.value, '$[0]')"
    return f"CASE {name} {cases} ELSE {usual} END" if cases else usual


def _view(owner: SObject, link: str, followed: set[str]) -> str:
    """Return the statement behind a history: when a record was made, and what changed since."""
    fields = [each for each in owner.stored() if not followed or each.name in followed]
    names = {each.name: shown_name(each) for each in fields if shown_name(each) != each.name}
    kinds = {each.name: KINDS[each.type] for each in fields if each.type in KINDS}
    of_owner = f"h.record >= '{owner.prefix}' AND h.record < '{owner.prefix}~'"
    known = ", ".join(f"'{each.name}'" for each in fields)
    head = (
        f"h.record AS {link}, h.who AS CreatedById, h.made AS CreatedDate, h.made AS SystemModstamp"
    )
    name = "json_extract(e.value, '$[0]')"
    return (
        f"SELECT {PAST_ID}(h.seq, 0) AS Id, 0 AS IsDeleted, {head}, 'created' AS Field, "
        "'Text' AS DataType, NULL AS OldValue, NULL AS NewValue FROM _history h "
        f"WHERE h.kind = 'CREATE' AND {of_owner} UNION ALL "
        f"SELECT {PAST_ID}(h.seq, e.key + 1), 0, h.record, h.who, h.made, h.made, "
        f"{_choices(fields, names, name)}, {_choices(fields, kinds, repr('Text'))}, "
        "json_extract(e.value, '$[1]'), json_extract(e.value, '$[2]') "
        "FROM _history h, json_each(h.body) e "
        f"WHERE h.kind IN ('UPDATE', 'CONVERT') AND {of_owner} AND {name} IN ({known})"
    )


def _past(owner: SObject, followed: set[str]) -> SObject:
    if owner.custom:
        name, link, parent = f"{owner.name.removesuffix('c')}History", "ParentId", "Parent"
    else:
        name = OTHERWISE.get(owner.name, f"{owner.name}History")
        link, parent = f"{owner.name}Id", owner.name
    label = f"{owner.label} History"
    made = SObject(name, PREFIX, label, label, custom=False, setup=True)
    made.createable = made.updateable = made.deletable = False
    for each in system_fields(owned=False):
        if each.name not in HIDDEN:
            made.add(each)
    first = f"{link} ref ro -> {owner.name} rel={parent} kids=Histories"
    for line in (first, *FIELDS.strip().splitlines()):
        made.add(replace(read_field(line), createable=False, updateable=False))
    made.view = _view(owner, link, followed)
    return made


def add(objects: dict[str, SObject], followed: dict[str, set[str]]) -> None:
    """Give a history to the objects that have one; without named fields it tells of all."""
    owners = [each for name, each in objects.items() if name in STANDARD or each.has_history]
    for owner in owners:
        made = _past(owner, followed.get(owner.name, set()))
        objects[made.name] = made
