"""The objects of an org as types of their own, as the enterprise API describes them."""

from crm_sync.localorg.schema.model import Field, Schema, SObject
from crm_sync.localorg.soap.contract import Part, Type
from crm_sync.localorg.soql.scope import NAME_FIELDS

RECORD = "sObject"
TYPES = {
    "address": "tns:address",
    "base64": "xsd:base64Binary",
    "boolean": "xsd:boolean",
    "currency": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "double": "xsd:double",
    "id": "tns:ID",
    "int": "xsd:int",
    "percent": "xsd:double",
    "reference": "tns:ID",
    "time": "xsd:time",
}


def base() -> Type:
    """Return what every record has."""
    return Type(RECORD, parts=[Part("fieldsToNull", "string", nil=True, many=True), _id()])


def _id() -> Part:
    return Part("Id", "ID", nil=True)


def _part(name: str, kind: str) -> Part:
    return Part(name, kind, nil=True, optional=True)


def _parent(field: Field, known: Schema) -> Part | None:
    if not field.relationship:
        return None
    targets = [name for name in field.refers if known.find(name) is not None]
    if len(field.refers) > 1:
        return _part(field.relationship, "ens:Name")
    return _part(field.relationship, f"ens:{targets[0]}") if targets else None


def _typed(owner: SObject, schema: Schema) -> Type:
    fields = [field for field in owner.fields.values() if field.name != "Id"]
    parts = [_part(field.name, TYPES.get(field.type, "xsd:string")) for field in fields]
    parts += [part for field in fields if (part := _parent(field, schema)) is not None]
    parts += [_part(each.name, "tns:QueryResult") for each in owner.children if each.name]
    unique = {part.name: part for part in parts}
    return Type(owner.name, RECORD, [unique[name] for name in sorted(unique)])


def types(schema: Schema) -> list[Type]:
    """Return the types of all records, those without an object of their own included."""
    names = [_part(name, "xsd:string") for name in sorted({*NAME_FIELDS, "Type"})]
    found = [base(), Type("AggregateResult", RECORD, open=True), Type("Name", RECORD, names)]
    return found + [_typed(owner, schema) for owner in schema.objects.values()]
