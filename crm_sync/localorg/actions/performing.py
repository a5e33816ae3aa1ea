"""Filling a quick action's form and sending it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from crm_sync.localorg.actions.quick import ACTIVITIES, QuickAction, target_of
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula.calculated import evaluate
from crm_sync.localorg.messages import Call
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Values
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.records.validation import Lookup
from crm_sync.localorg.rest import sobjects
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field, SObject


@dataclass(frozen=True, slots=True)
class Performed:
    """What an action did."""

    record_id: str
    context_id: str | None
    created: bool
    message: str


def context_of(call: Call, context_id: str) -> tuple[SObject, str]:
    """Return the record that an action is performed on."""
    full = short_or_full(context_id)
    owner = call.org.visible.of_id(full)
    if owner is None:
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    save.live_row(call.org.context(), owner, full)
    return owner, full


def _link(action: QuickAction, target: SObject, context: SObject) -> Field | None:
    """Return the field by which what is made belongs to the record it is made for."""
    if not action.context and target.name not in ACTIVITIES:
        return None
    fields = [
        each
        for each in target.stored()
        if context.name in each.refers and each.createable and each.name != "OwnerId"
    ]
    wanted = action.parent_field.lower()
    named = (each for each in fields if wanted in {each.key, each.relationship.lower()})
    return next(named, next(iter(fields), None))


def _plain(field: Field, value: object) -> object:
    """Return a value the way a client would send it."""
    if field.type == "boolean":
        return value in {1, "true", "True"}
    if field.type in {"int", *NUMBER_TYPES} and isinstance(value, str):
        return float(value) if value.replace(".", "", 1).isdigit() else value
    return value


def _reader(
    call: Call, target: SObject, around: tuple[SObject, str] | None
) -> Callable[[tuple[str, ...]], object]:
    """Return what tells a formula its values: it may name the record the action is performed on."""
    context = call.org.context()
    if around is None:
        return Lookup(context, target, {})
    owner, full = around
    find = Lookup(context, owner, context.row(owner.name, full) or {})
    return lambda path: find(path[1:] if path[0].lower() == owner.name.lower() else path)


def _set(
    call: Call, action: QuickAction, target: SObject, around: tuple[SObject, str] | None
) -> Values:
    """Return the values that are set without anybody typing them."""
    found: Values = {}
    zone, read = call.org.zone, _reader(call, target, around)
    for name, text in {**action.values, **action.formulas}.items():
        field = target.find(name)
        if field is not None:
            is_formula = name in action.formulas
            value = evaluate(replace(field, formula=text), read, zone) if is_formula else text
            found[field.name] = _plain(field, value)
    if around is not None and action.type != "Update":
        link = _link(action, target, around[0])
        found |= {link.name: around[1]} if link is not None else {}
    return found


def default_values(call: Call, action: QuickAction, context_id: str | None) -> Values:
    """Return what the form shows before anybody types."""
    target = target_of(call, action)
    shown = [each for each in (target.find(name) for name in action.fields) if each is not None]
    with call.org.store.write():  # as performing does; formulas read other records
        around = context_of(call, context_id) if context_id else None
        given = _set(call, action, target, around)
        if action.type == "Update" and around is not None and shown:
            names = [each.name for each in shown]
            given = {**sobjects.fetch(call, around[0], around[1], names), **given}
    values = {each.name: given.get(each.name, each.default) for each in shown}
    return {"attributes": {"type": target.name}, **values}


def perform(
    call: Call, action: QuickAction, context_id: str | None, record: Values | None
) -> Performed:
    """Make or change the record that an action is about."""
    target = target_of(call, action)
    if action.context and not context_id:
        message = "Required fields are missing: [contextId]"
        raise SalesforceError("REQUIRED_FIELD_MISSING", message, ["contextId"])
    wishes = call.save_options()
    with call.org.store.write():
        saving = call.org.context()
        around = context_of(call, context_id) if context_id else None
        given = _set(call, action, target, around)
        typed = {key: each for key, each in (record or {}).items() if key != "attributes"}
        names = {key.lower() for key in typed}
        values = {key: each for key, each in given.items() if key.lower() not in names} | typed
        if action.type == "Update" and around is not None:
            done = save.update(saving, *around, values, wishes)
        else:
            done = save.insert(saving, target, values, wishes)
    full = around[1] if around is not None else None
    return Performed(done.record_id, full, done.created, _message(action, target))


def _message(action: QuickAction, target: SObject) -> str:
    if action.message:
        return action.message
    return f"{target.label} {'updated' if action.type == 'Update' else 'created'}."
