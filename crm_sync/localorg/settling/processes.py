"""Definitions of approval processes and their steps, as records."""

from collections.abc import Iterator

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.criteria import field_at
from crm_sync.localorg.schema.criteria import Criteria
from crm_sync.localorg.schema.model import Schema, SObject
from crm_sync.localorg.schema.processes import Process, read_process
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling.wanted import Link, Values, Wanted, owner_of

LOCKS = {"AdminOnly": "Total", "AdminOrCurrentApprover": "Node"}


def _check(schema: Schema, owner: SObject, wish: Criteria) -> None:
    for each in wish.items:
        if field_at(schema, owner, each.field) is None:
            message = f"In field: field - no CustomField named {each.field} found"
            raise SalesforceError("INVALID_FIELD", message)


def _check_actions(process: Process, schema: Schema) -> None:
    named = [name for _kind, names in process.actions for name in names]
    for step in process.steps:
        named += [*step.approved, *step.rejected]
    for name in named:
        full = f"{process.object}.{name}"
        if full not in schema.updates:
            message = f"In field: action - no WorkflowFieldUpdate named {full} found"
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", message)


def wanted(component: Component, schema: Schema) -> Iterator[Wanted]:
    """Yield a process and its steps."""
    owner, name = owner_of(component, schema)
    process = read_process(component.element(), owner.name, name)
    for wish in (process.criteria, *(each.criteria for each in process.steps)):
        _check(schema, owner, wish)
    _check_actions(process, schema)
    values: Values = {
        "Name": process.label,
        "DeveloperName": name,
        "Type": "Approval",
        "Description": process.description or None,
        "TableEnumOrId": owner.name,
        "LockType": LOCKS.get(process.editors, "Total"),
        "State": "Active" if process.is_active else "Inactive",
    }
    yield Wanted("ProcessDefinition", process.key, values)
    for step in process.steps:
        facts: Values = {
            "Name": step.label,
            "DeveloperName": step.name,
            "ProcessDefinitionId": Link("ProcessDefinition", process.key),
            "Description": step.description or None,
        }
        yield Wanted("ProcessNode", f"{process.key}/{step.name}", facts)
