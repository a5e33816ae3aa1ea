"""List views: each object has the one that shows everything."""

from typing import Any

from crm_sync.localorg import ids
from crm_sync.localorg.errors import not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.schema.model import Field, SObject

PREFIX = "00B"
HIDDEN = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
DEFAULT_SIZE, MOST = 25, 2000


def view_id(owner: SObject) -> str:
    """Return the id of an object's list view."""
    return ids.normalize(f"{PREFIX}{owner.prefix}000000001") or ""


def developer_name(owner: SObject) -> str:
    """Return the name by which programs know an object's list view."""
    return f"All{owner.plural.replace(' ', '')}"


def _label(owner: SObject) -> str:
    return f"All {owner.plural}"


def _fields(owner: SObject) -> list[tuple[Field, bool]]:
    """Return the fields of the columns; those that only programs need are hidden."""
    shown = owner.name_field
    columns = [(shown, False)] if shown is not None else []
    found = (owner.find(name) for name in HIDDEN)
    return columns + [(each, True) for each in found if each is not None]


def statement(owner: SObject) -> str:
    """Return the statement behind an object's list view."""
    names = [field.name for field, _hidden in _fields(owner)]
    return f"SELECT {', '.join(names)} FROM {owner.name} ORDER BY {names[0]} ASC, Id ASC"


def _columns(owner: SObject) -> list[dict[str, Any]]:
    return [
        {
            "ascendingLabel": None if hidden else "A-Z",
            "descendingLabel": None if hidden else "Z-A",
            "fieldNameOrPath": field.name,
            "hidden": hidden,
            "label": field.label,
            "selectListItem": field.name,
            "sortDirection": None if hidden else "ascending",
            "sortIndex": None if hidden else 0,
            "sortable": not hidden,
            "type": field.type,
        }
        for field, hidden in _fields(owner)
    ]


def owner_of(call: Call, text: str) -> SObject | None:
    """Return the object whose list view an id names."""
    full = ids.normalize(text)
    views = (each for each in call.org.visible.tables() if view_id(each) == full)
    return next(views, None) if full else None


def _checked(call: Call, name: str, text: str) -> SObject:
    owner = object_of(call, name)
    if owner_of(call, text) is not owner:
        raise not_found()
    return owner


def listing(call: Call, name: str) -> Answer:
    """List the list views of an object."""
    owner = object_of(call, name)
    place = f"{call.base}/sobjects/{owner.name}/listviews"
    view = view_id(owner)
    entry = {
        "id": view,
        "developerName": developer_name(owner),
        "label": _label(owner),
        "describeUrl": f"{place}/{view}/describe",
        "resultsUrl": f"{place}/{view}/results",
        "soqlCompatible": True,
        "url": f"{place}/{view}",
    }
    return Answer(
        {
            "done": True,
            "listviews": [entry],
            "nextRecordsUrl": None,
            "size": 1,
            "sobjectType": owner.name,
        }
    )


def describe(call: Call, name: str, view: str) -> Answer:
    """Describe a list view with the statement behind it."""
    owner = _checked(call, name, view)
    columns = _columns(owner)
    order = [
        {"fieldNameOrPath": each, "nullsPosition": "first", "sortDirection": "ascending"}
        for each in (columns[0]["fieldNameOrPath"], "Id")
    ]
    return Answer(
        {
            "columns": columns,
            "id": view_id(owner),
            "orderBy": order,
            "query": statement(owner),
            "relatedEntityId": None,
            "scope": "everything",
            "scopeEntityId": None,
            "sobjectType": owner.name,
            "whereCondition": {"conditions": [], "conjunction": "and"},
        }
    )


def results(call: Call, name: str, view: str) -> Answer:
    """Return the rows of a list view."""
    owner = _checked(call, name, view)
    limit = min(whole(call.params().get("limit", ""), DEFAULT_SIZE), MOST)
    offset = min(whole(call.params().get("offset", ""), 0), MOST)
    text = f"{statement(owner)} LIMIT {limit} OFFSET {offset}"
    found = call.org.reader.query(text, base=call.base).records
    rows = [
        [
            {"fieldNameOrPath": key, "value": value}
            for key, value in each.items()
            if key != "attributes"
        ]
        for each in found
    ]
    return Answer(
        {
            "columns": _columns(owner),
            "developerName": developer_name(owner),
            "done": True,
            "id": view_id(owner),
            "label": _label(owner),
            "records": [{"columns": row} for row in rows],
            "size": len(rows),
        }
    )
