"""List views: each object has the one that shows everything, the metadata bring others."""

from dataclasses import dataclass
from typing import Any

from crm_sync.localorg import ids
from crm_sync.localorg.errors import not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.org import Org
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.schema.list_views import SCOPES, Test, column, tests, where
from crm_sync.localorg.schema.listed import ListView
from crm_sync.localorg.schema.model import Field, SObject

PREFIX = "00B"
HIDDEN = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
DEFAULT_SIZE, MOST = 25, 2000
Columns = tuple[tuple[str, Field, bool], ...]
SETTLED = "SELECT id FROM _settled WHERE object = 'ListView' AND name = ?"


@dataclass(frozen=True, slots=True)
class View:
    """One list view, ready to be described and asked."""

    owner: SObject
    id: str
    name: str
    label: str
    columns: Columns
    tests: tuple[Test, ...] = ()
    where: str = ""
    conjunction: str = "and"
    scope: str = "everything"

    @property
    def statement(self) -> str:
        """Return the statement behind the list view."""
        names = ", ".join(path for path, _field, _hidden in self.columns)
        scope = f" USING SCOPE {self.scope}" if self.scope == "mine" else ""
        condition = f" WHERE {self.where}" if self.where else ""
        first = self.columns[0][0]
        return (
            f"SELECT {names} FROM {self.owner.name}{scope}{condition} ORDER BY {first} ASC, Id ASC"
        )


def view_id(owner: SObject) -> str:
    """Return the id of the list view that shows everything."""
    return ids.normalize(f"{PREFIX}{owner.prefix}000000001") or ""


def developer_name(owner: SObject) -> str:
    """Return the name by which programs know the list view that shows everything."""
    return f"All{owner.plural.replace(' ', '')}"


def _columns(
    owner: SObject, chosen: list[tuple[str, Field]]
) -> tuple[tuple[str, Field, bool], ...]:
    """Return the columns; the fields that only programs need are hidden."""
    shown = owner.name_field
    if not chosen and shown is not None:
        chosen = [(shown.name, shown)]
    taken = {path for path, _field in chosen}
    found = (owner.find(name) for name in HIDDEN if name not in taken)
    hidden = [(each.name, each, True) for each in found if each is not None]
    return (*((path, field, False) for path, field in dict(chosen).items()), *hidden)


def _everything(owner: SObject) -> View:
    name, label = developer_name(owner), f"All {owner.plural}"
    return View(owner, view_id(owner), name, label, _columns(owner, []))


def _of_metadata(org: Org, owner: SObject, view: ListView) -> View | None:
    with org.store.read() as connection:
        row = connection.execute(SETTLED, (f"{view.owner}.{view.name}",)).fetchone()
    if row is None:
        return None
    schema = org.visible
    named = [column(schema, owner, each) for each in view.columns]
    found = tests(schema, owner, view)
    kept = tuple(each for each in found if each is not None)
    return View(
        owner,
        str(row[0]),
        view.name,
        view.label,
        _columns(owner, [each for each in named if each is not None]),
        kept,
        where(view, found),
        "or" if " or " in view.filters.logic else "and",
        SCOPES.get(view.scope, "everything"),
    )


def views_of(org: Org, owner: SObject) -> list[View]:
    """Return the list views of an object."""
    made = (_of_metadata(org, owner, each) for each in org.schema.list_views.get(owner.name, []))
    found = {each.name: each for each in made if each is not None}
    usual = _everything(owner)
    return [*found.values(), *([usual] if usual.name not in found else [])]


def _described(view: View) -> list[dict[str, Any]]:
    first = view.columns[0][0]
    return [
        {
            "ascendingLabel": None if hidden else "A-Z",
            "descendingLabel": None if hidden else "Z-A",
            "fieldNameOrPath": path,
            "hidden": hidden,
            "label": field.label,
            "selectListItem": path,
            "sortDirection": "ascending" if path == first else None,
            "sortIndex": 0 if path == first else None,
            "sortable": not hidden,
            "type": field.type,
        }
        for path, field, hidden in view.columns
    ]


def by_id(call: Call, text: str) -> View | None:
    """Return the list view that an id names."""
    full = ids.normalize(text)
    if full is None or not full.startswith(PREFIX):
        return None
    owners = call.org.visible.tables()
    usual = next((each for each in owners if view_id(each) == full), None)
    if usual is not None:
        return _everything(usual)
    found = (call.org.visible.find(name) for name in call.org.schema.list_views)
    views = (each for owner in found if owner is not None for each in views_of(call.org, owner))
    return next((each for each in views if each.id == full), None)


def _checked(call: Call, name: str, text: str) -> View:
    owner = object_of(call, name)
    full = ids.normalize(text)
    found = next((each for each in views_of(call.org, owner) if each.id == full), None)
    if found is None:
        raise not_found()
    return found


def _entry(call: Call, view: View) -> dict[str, object]:
    place = f"{call.base}/sobjects/{view.owner.name}/listviews/{view.id}"
    return {
        "id": view.id,
        "developerName": view.name,
        "label": view.label,
        "describeUrl": f"{place}/describe",
        "resultsUrl": f"{place}/results",
        "soqlCompatible": True,
        "url": place,
    }


def listing(call: Call, name: str) -> Answer:
    """List the list views of an object."""
    owner = object_of(call, name)
    found = [_entry(call, each) for each in views_of(call.org, owner)]
    return Answer(
        {
            "done": True,
            "listviews": found,
            "nextRecordsUrl": None,
            "size": len(found),
            "sobjectType": owner.name,
        }
    )


def one(call: Call, name: str, view: str) -> Answer:
    """Return the entry of one list view."""
    return Answer(_entry(call, _checked(call, name, view)))


def _condition(test: Test) -> dict[str, object]:
    operators = {"LIKE": "like", "IN": "in", "NOT IN": "notIn", "=": "equals", "!=": "notEquals"}
    operators |= {"<": "lessThan", ">": "greaterThan", "INCLUDES": "includes"}
    operators |= {"<=": "lessThanOrEqualTo", ">=": "greaterThanOrEqualTo", "EXCLUDES": "excludes"}
    shown: dict[str, object] = {
        "field": test.field,
        "operator": operators[test.operator],
        "values": list(test.values),
    }
    return {"conditions": [shown], "conjunction": "not"} if test.negated else shown


def describe(call: Call, name: str, view: str) -> Answer:
    """Describe a list view with the statement behind it."""
    found = _checked(call, name, view)
    order = [
        {"fieldNameOrPath": each, "nullsPosition": "first", "sortDirection": "ascending"}
        for each in (found.columns[0][0], "Id")
    ]
    return Answer(
        {
            "columns": _described(found),
            "id": found.id,
            "orderBy": order,
            "query": found.statement,
            "relatedEntityId": None,
            "scope": found.scope,
            "scopeEntityId": None,
            "sobjectType": found.owner.name,
            "whereCondition": {
                "conditions": [_condition(each) for each in found.tests],
                "conjunction": found.conjunction,
            },
        }
    )


def _cell(record: dict[str, Any], path: str) -> object:
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def results(call: Call, name: str, view: str) -> Answer:
    """Return the rows of a list view."""
    found = _checked(call, name, view)
    limit = min(whole(call.params().get("limit", ""), DEFAULT_SIZE), MOST)
    offset = min(whole(call.params().get("offset", ""), 0), MOST)
    text = f"{found.statement} LIMIT {limit} OFFSET {offset}"
    records = call.org.reader.query(text, base=call.base).records
    rows = [
        [
            {"fieldNameOrPath": path, "value": _cell(each, path)}
            for path, _field, _hidden in found.columns
        ]
        for each in records
    ]
    return Answer(
        {
            "columns": _described(found),
            "developerName": found.name,
            "done": True,
            "id": found.id,
            "label": found.label,
            "records": [{"columns": row} for row in rows],
            "size": len(rows),
        }
    )
