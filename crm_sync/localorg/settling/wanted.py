"""What a component wants to be there as records."""

from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import Schema, SObject
from crm_sync.localorg.schema.source import Component

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to another record, by what it is called or by one of its columns."""

    object: str
    name: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record that has to be there, under the name that tells it from its siblings."""

    object: str
    name: str
    values: Values = field(default_factory=dict)


def owner_of(component: Component, schema: Schema) -> tuple[SObject, str]:
    """Return the object a component belongs to and its own name; INVALID_TYPE without one."""
    object_name, _, name = component.name.partition(".")
    owner = schema.find(object_name)
    if owner is None:
        message = f"In field: object - no CustomObject named {object_name} found"
        raise SalesforceError("INVALID_TYPE", message)
    return owner, name
