"""Objects and fields told as records: EntityDefinition and FieldDefinition."""

import sqlite3
from collections.abc import Iterator

from crm_sync.localorg import clock
from crm_sync.localorg.schema.model import Field, Schema, SObject
from crm_sync.localorg.soql import abilities
from crm_sync.localorg.store.tables import quote

Row = dict[str, object]
SPOKEN = {
    "boolean": "Checkbox",
    "date": "Date",
    "datetime": "Date/Time",
    "time": "Time",
    "email": "Email",
    "phone": "Phone",
    "url": "URL(255)",
    "address": "Address",
    "location": "Geolocation",
    "picklist": "Picklist",
    "multipicklist": "Picklist (Multi-Select)",
    "combobox": "Picklist",
    "id": "Lookup()",
    "base64": "File",
}
NUMBERS = {"double": "Number", "currency": "Currency", "percent": "Percent", "int": "Number"}
LONG = 255


def spoken_type(field: Field) -> str:
    """Return a field's type in the words of the setup pages."""
    if field.formula:
        return f"Formula ({NUMBERS.get(field.type, SPOKEN.get(field.type, 'Text'))})"
    if field.auto_number:
        return "Auto Number"
    if field.refers:
        kind = "Master-Detail" if field.master_detail else "Lookup"
        return f"{kind}({','.join(field.refers)})"
    if field.type in NUMBERS:
        return f"{NUMBERS[field.type]}({(field.precision or 18) - field.scale}, {field.scale})"
    if field.is_name and field.name == "Name":
        return "Name"
    if field.type == "textarea" and field.length > LONG:
        return f"Long Text Area({field.length})"
    return SPOKEN.get(field.type, f"Text({field.length})")


def _entity(owner: SObject) -> Row:
    return {
        "Id": owner.name,
        "DurableId": owner.name,
        "QualifiedApiName": owner.name,
        "DeveloperName": owner.name.removesuffix("__c"),
        "Label": owner.label,
        "PluralLabel": owner.plural,
        "MasterLabel": owner.label,
        "KeyPrefix": owner.prefix or None,
        "PublisherId": "<local>" if owner.custom else "System",
        "InternalSharingModel": "ReadWrite",
        "ExternalSharingModel": "Private",
        "IsCustomizable": not owner.setup,
        "IsQueryable": not owner.is_event,
        "IsSearchable": not owner.setup and not owner.is_event,
        "IsLayoutable": not owner.setup,
        "IsCompactLayoutable": not owner.setup,
        "IsTriggerable": True,
        "IsApexTriggerable": not owner.setup,
        "IsEverCreatable": owner.createable,
        "IsEverUpdatable": owner.updateable,
        "IsEverDeletable": owner.deletable,
        "IsIdEnabled": not owner.is_event,
        "IsReplicateable": not owner.is_event,
        "IsRetrieveable": not owner.is_event,
        "IsMruEnabled": not owner.setup,
    }


def _field(owner: SObject, field: Field) -> Row:
    name = f"{owner.name}.{field.name}"
    return {
        "Id": name,
        "DurableId": name,
        "QualifiedApiName": field.name,
        "EntityDefinitionId": owner.name,
        "DeveloperName": field.name.removesuffix("__c"),
        "Label": field.label,
        "MasterLabel": field.label,
        "DataType": spoken_type(field),
        "ValueTypeId": field.type,
        "ExtraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "Length": field.length,
        "Precision": field.precision,
        "Scale": field.scale,
        "RelationshipName": field.relationship or None,
        "IsCalculated": bool(field.formula) or field.summary is not None,
        "IsCompound": field.type in {"address", "location"},
        "IsNameField": field.is_name,
        "IsNillable": not field.required,
        "IsIndexed": field.is_key or field.type in {"id", "reference"},
        "IsApiFilterable": abilities.is_filterable(field),
        "IsApiGroupable": abilities.is_groupable(field),
        "IsApiSortable": abilities.is_sortable(field),
        "IsPolymorphicForeignKey": len(field.refers) > 1,
    }


def _write(connection: sqlite3.Connection, owner: SObject, rows: Iterator[Row]) -> None:
    stamp = clock.stamp()
    dated = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp)
    flags: Row = {each.name: 0 for each in owner.stored() if each.type == "boolean"}
    whole = [{**flags, **dated, **row} for row in rows]
    names = list(whole[0])
    marks = ", ".join("?" * len(names))
    columns = ", ".join(quote(name) for name in names)
    connection.execute(f"DELETE FROM {quote(owner.name)}")
    connection.executemany(
        f"INSERT INTO {quote(owner.name)} ({columns}) VALUES ({marks})",
        [[row[name] for name in names] for row in whole],
    )


def refresh(connection: sqlite3.Connection, tooling: Schema, schema: Schema) -> None:
    """Write anew what there is to tell of the schema."""
    owners = [each for each in schema.objects.values() if each.fields]
    _write(connection, tooling.require("EntityDefinition"), (_entity(each) for each in owners))
    fields = (_field(owner, each) for owner in owners for each in owner.fields.values())
    _write(connection, tooling.require("FieldDefinition"), fields)
