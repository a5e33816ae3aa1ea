"""Nested records, all or none."""

from dataclasses import dataclass, field
from typing import Any

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.schema.model import SObject

MOST_RECORDS = 200
MOST_LEVELS = 5


class Undo(Exception):
    """Takes everything back."""


@dataclass(slots=True)
class Planter:
    """Saves a forest of records."""

    context: Context
    options: SaveOptions
    results: list[dict[str, object]] = field(default_factory=list)
    errors: list[dict[str, object]] = field(default_factory=list)
    seen: int = 0

    def plant(self, owner: SObject, record: Any, parent: dict[str, object], level: int) -> None:
        """Save a record, then its children."""
        self._check(record, level)
        attributes = record["attributes"]
        reference = str(attributes["referenceId"])
        relations = {each.name.lower(): each for each in owner.children if each.name}
        values = {name: value for name, value in record.items() if name.lower() not in relations}
        try:
            saved = save.insert(self.context, owner, {**values, **parent}, self.options)
        except SalesforceError as error:
            self.errors.append({"referenceId": reference, "errors": error.as_items()})
            return
        self.results.append({"referenceId": reference, "id": saved.record_id})
        for name, value in record.items():
            relation = relations.get(name.lower())
            if relation is not None and isinstance(value, dict):
                child = self.context.schema.require(relation.child)
                for each in value.get("records") or []:
                    self.plant(child, each, {relation.field: saved.record_id}, level + 1)

    def _check(self, record: Any, level: int) -> None:
        attributes = record.get("attributes") if isinstance(record, dict) else None
        if not isinstance(attributes, dict) or not attributes.get("referenceId"):
            raise parser_error("Every record needs attributes with type and referenceId")
        self.seen += 1
        if self.seen > MOST_RECORDS or level > MOST_LEVELS:
            message = f"At most {MOST_RECORDS} records in {MOST_LEVELS} levels"
            raise SalesforceError("LIMIT_EXCEEDED", message)


def create(call: Call, name: str) -> Answer:
    """Create records with their children."""
    owner = object_of(call, name)
    records = call.json_object().get("records")
    if not isinstance(records, list):
        raise parser_error("records: a list is expected")
    planter = Planter(call.org.context(), call.save_options())
    try:
        _plant_all(call, planter, owner, records)
    except Undo:
        return Answer({"hasErrors": True, "results": planter.errors}, status=400)
    return Answer({"hasErrors": False, "results": planter.results}, status=201)


def _plant_all(call: Call, planter: Planter, owner: SObject, records: list[Any]) -> None:
    with call.org.store.write():
        for record in records:
            planter.plant(owner, record, {}, 1)
        if planter.errors:
            raise Undo
