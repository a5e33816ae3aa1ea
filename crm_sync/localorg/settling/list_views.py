"""List views as records: the one that shows everything, and those of the metadata."""

from collections.abc import Iterator

from crm_sync.localorg.schema.listed import read
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling.wanted import Values, Wanted, owner_of


def wanted(component: Component, schema: Schema) -> Iterator[Wanted]:
    """Yield a list view."""
    owner, name = owner_of(component, schema)
    view = read(component.element(), owner.name, name)
    values: Values = {"Name": view.label, "DeveloperName": name, "SobjectType": owner.name}
    yield Wanted("ListView", component.name, {**values, "IsSoqlCompatible": 1})
