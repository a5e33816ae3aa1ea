"""Assignment rules as records."""

from collections.abc import Iterator

from crm_sync.localorg.schema.automation import read_assignments
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling.wanted import Values, Wanted


def wanted(component: Component, _schema: Schema) -> Iterator[Wanted]:
    """Yield the assignment rules of an object."""
    owner = component.name.partition(".")[0]
    for rule in read_assignments(component):
        values: Values = {"Name": rule.name, "SobjectType": owner, "Active": int(rule.is_active)}
        yield Wanted("AssignmentRule", f"{owner}.{rule.name}", values)
