"""Which kinds of metadata are records, too."""

from collections.abc import Callable, Iterable, Iterator

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling import (
    assignments,
    custom_metadata,
    list_views,
    people,
    processes,
    statuses,
)
from crm_sync.localorg.settling.wanted import Wanted

Maker = Callable[[Component, Schema], Iterator[Wanted]]

# In the order in which they refer to each other.
MAKERS: dict[str, Maker] = {
    "Profile": people.profile,
    "Role": people.role,
    "Group": people.group,
    "Queue": people.queue,
    "CustomMetadata": custom_metadata.wanted,
    "ApprovalProcess": processes.wanted,
    "ListView": list_views.wanted,
    "AssignmentRules": assignments.wanted,
    "AssignmentRule": assignments.wanted,
}


def wanted(components: Iterable[Component], schema: Schema) -> list[Wanted]:
    """Return every record that the metadata ask for; a deploy tells what cannot be made."""
    parts = list(components)
    found = list(statuses.wanted(parts))
    for kind, make in MAKERS.items():
        for each in parts:
            if each.kind == kind:
                found += _made(make, each, schema)
    return found


def _made(make: Maker, component: Component, schema: Schema) -> list[Wanted]:
    try:
        return list(make(component, schema))
    except SalesforceError:
        return []


def problems(components: Iterable[Component], schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the components whose records cannot be made, and why."""
    for each in components:
        make = MAKERS.get(each.kind)
        try:
            list(make(each, schema) if make is not None else ())
        except SalesforceError as error:
            yield each.name, error.message
