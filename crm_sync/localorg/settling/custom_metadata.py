"""Records of custom metadata types: deployed, never written by the data services."""

from collections.abc import Iterator

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import Field, Schema, SObject
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling.wanted import Link, Values, Wanted

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def type_of(component: Component) -> str:
    """Return the object whose record a component is."""
    return component.name.partition(".")[0].removesuffix("__mdt") + "__mdt"


def _value(field: Field, entry: etree._Element) -> object:
    element = xml.child(entry, "value")
    if element is None or element.get(NIL) == "true":
        return read_value(field, None)
    given = (element.text or "").strip() if field.type != "textarea" else element.text or ""
    if field.refers and given:
        return Link(field.refers[0], given.rpartition(".")[2])
    return read_value(field, given)


def _values(owner: SObject, component: Component) -> Values:
    values: Values = {}
    for entry in xml.children(component.element(), "values"):
        name = xml.text(entry, "field")
        field = owner.find(name)
        if field is None or not field.custom:
            message = f"In field: field - no CustomField named {owner.name}.{name} found"
            raise SalesforceError("INVALID_FIELD", message)
        values[field.name] = _value(field, entry)
    own = [each for each in owner.stored() if each.custom and not each.auto_number]
    for each in own:
        default = int(each.default) if isinstance(each.default, bool) else each.default
        values.setdefault(each.name, default)
    lacking = [each.name for each in own if each.required and values[each.name] is None]
    if lacking:
        message = f"Required fields are missing: [{', '.join(lacking)}]"
        raise SalesforceError("REQUIRED_FIELD_MISSING", message)
    return values


def wanted(component: Component, schema: Schema) -> Iterator[Wanted]:
    """Yield the record that a component is."""
    owner = schema.find(type_of(component))
    if owner is None or not owner.name.endswith("__mdt"):
        message = f"In field: type - no CustomObject named {type_of(component)} found"
        raise SalesforceError("INVALID_TYPE", message)
    name = component.name.partition(".")[2]
    label = xml.text(component.element(), "label") or name
    named: Values = {"DeveloperName": name, "QualifiedApiName": name}
    named |= {"MasterLabel": label, "Label": label, "Language": "en_US"}
    yield Wanted(owner.name, name, named | _values(owner, component))
