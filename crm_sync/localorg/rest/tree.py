"""Nested records, all or none."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records import save
from crm_sync.localorg.rest.collections import failed
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.schema.model import Schema, SObject

MOST_RECORDS = 200
MOST_LEVELS = 5
MOST_KINDS = 5
DUPLICATE = "Duplicate ReferenceId provided in the request."
Result = dict[str, object]


@dataclass(slots=True)
class Plant:
    """A record on its way, with what hangs it on its parent."""

    owner: SObject
    reference: str
    values: dict[str, Any]
    link: str = ""
    parent: "Plant | None" = None
    record_id: str = ""

    def payload(self) -> dict[str, Any]:
        """Return what is saved, parent included."""
        return {**self.values, self.link: self.parent.record_id} if self.parent else self.values


def _read(record: Any) -> tuple[str, str]:
    """Return the reference of a record and the object that it says it is of."""
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(attributes, dict) or not attributes.get("referenceId"):
        raise parser_error("Every record needs attributes with type and referenceId")
    return str(attributes["referenceId"]), str(attributes.get("type") or "")


def _plant(owner: SObject, record: Any, link: str = "", parent: Plant | None = None) -> Plant:
    reference, kind = _read(record)
    if kind.lower() not in {"", owner.name.lower()}:
        message = f"Invalid entity type provided in the request: {kind}"
        refused = failed(SalesforceError("INVALID_INPUT", message))
        raise Refused([{"referenceId": reference, "errors": refused["errors"]}])
    relations = {each.name.lower() for each in owner.children if each.name}
    values = {name: value for name, value in record.items() if name.lower() not in relations}
    return Plant(owner, reference, values, link, parent)


class Refused(Exception):
    """Tells what is wrong with some records before anything is saved."""

    def __init__(self, results: list[Result]) -> None:
        super().__init__()
        self.results = results


def _children(schema: Schema, plant: Plant, record: Any) -> Iterator[tuple[Plant, Any]]:
    relations = {each.name.lower(): each for each in plant.owner.children if each.name}
    for name, value in record.items():
        relation = relations.get(name.lower())
        nested = value.get("records") if relation is not None and isinstance(value, dict) else None
        if relation is not None and isinstance(nested, list):
            owner = schema.require(relation.child)
            for each in nested:
                yield _plant(owner, each, relation.field, plant), each


def _forest(schema: Schema, owner: SObject, records: list[Any]) -> list[Plant]:
    """Return all records of a request, level by level."""
    found: list[Plant] = []
    level = [(_plant(owner, record), record) for record in records]
    for _ in range(MOST_LEVELS):
        found += [plant for plant, _record in level]
        level = [each for plant, record in level for each in _children(schema, plant, record)]
    kinds = {plant.owner.name for plant in found}
    if level or len(found) > MOST_RECORDS or len(kinds) > MOST_KINDS:
        message = (
            f"At most {MOST_RECORDS} records of {MOST_KINDS} types in {MOST_LEVELS} levels "
            "can be created at once"
        )
        raise SalesforceError("LIMIT_EXCEEDED", message)
    return found


def _check_references(plants: list[Plant]) -> None:
    counts = Counter(plant.reference for plant in plants)
    errors = failed(SalesforceError("INVALID_INPUT", DUPLICATE))["errors"]
    twice = [
        {"referenceId": plant.reference, "errors": errors}
        for plant in plants
        if counts[plant.reference] > 1
    ]
    if twice:
        raise Refused(twice)


def create(call: Call, name: str) -> Answer:
    """Create records with their children."""
    owner = object_of(call, name)
    records = call.json_object().get("records")
    if not isinstance(records, list):
        raise parser_error("records: a list is expected")
    try:
        plants = _forest(call.org.schema, owner, records)
        _check_references(plants)
        _save(call, plants)
    except Refused as refused:
        return Answer({"hasErrors": True, "results": refused.results}, status=400)
    results = [{"referenceId": each.reference, "id": each.record_id} for each in plants]
    return Answer({"hasErrors": False, "results": results}, status=201)


def _save(call: Call, plants: list[Plant]) -> None:
    """Save records, parents first; what hangs on a refused one is not tried."""
    context, options = call.org.context(), call.save_options()
    errors: list[Result] = []
    with call.org.store.write():
        for plant in plants:
            if plant.parent is not None and not plant.parent.record_id:
                continue
            try:
                with call.org.store.write():
                    saved = save.insert(context, plant.owner, plant.payload(), options)
            except SalesforceError as error:
                errors.append({"referenceId": plant.reference, "errors": error.as_items()})
            else:
                plant.record_id = saved.record_id
        if errors:
            raise Refused(errors)
