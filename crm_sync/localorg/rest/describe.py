"""Describing objects and fields."""

from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.schema.access import permission_name
from crm_sync.localorg.schema.dependencies import CHECKBOX, LookupFilter, bits
from crm_sync.localorg.schema.model import NUMBER_TYPES, TEXT_TYPES, Field, SObject
from crm_sync.localorg.soql import abilities

SOAP_TYPES = {
    "base64": "xsd:base64Binary",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "currency": "xsd:double",
    "double": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "location": "urn:location",
    "id": "tns:ID",
    "reference": "tns:ID",
    "address": "urn:address",
}
ID_DEFAULTS = frozenset(("LastModifiedById", "CreatedById"))


def object_of(call: Call, name: str) -> SObject:
    """Return the object an address names."""
    owner = call.org.visible.find(name)
    if owner is None:
        raise not_found()
    return owner


def _picks(owner: SObject, field: Field) -> list[dict[str, object]]:
    controller = owner.find(field.controller) if field.controller else None
    if controller is None or controller.type == "boolean":
        controlling = list(CHECKBOX)
    else:
        controlling = [each.value for each in controller.picklist]
    return [
        {
            "active": pick.is_active,
            "defaultValue": pick.is_default,
            "label": pick.label or pick.value,
            "validFor": (
                bits(field.valid_for.get(pick.value, frozenset()), controlling)
                if controller is not None
                else None
            ),
            "value": pick.value,
        }
        for pick in field.picklist
    ]


def _filtered(found: LookupFilter | None) -> dict[str, object] | None:
    if found is None:
        return None
    sources = found.sources
    return {
        "controllingFields": sources,
        "dependent": bool(sources),
        "optionalFilter": found.is_optional,
    }


def describe_field(owner: SObject, field: Field) -> dict[str, Any]:
    """Return one field's description."""
    is_text = field.type in TEXT_TYPES
    defaulted = field.default is not None or field.name in {"OwnerId", *ID_DEFAULTS}
    length = field.length if is_text or field.type in {"reference", "id"} else 0
    return {
        "aggregatable": abilities.is_aggregatable(field),
        "aiPredictionField": False,
        "autoNumber": bool(field.auto_number),
        "byteLength": length * 3 if is_text else length,
        "calculated": bool(field.formula) or field.summary is not None,
        "calculatedFormula": field.formula or None,
        "cascadeDelete": field.cascade,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": None,
        "controllerName": field.controller or None,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.default if field.type == "boolean" else None,
        "defaultValueFormula": field.default_formula or None,
        "defaultedOnCreate": defaulted or field.type == "boolean",
        "dependentPicklist": bool(field.controller),
        "deprecatedAndHidden": False,
        "digits": 8 if field.type == "int" else 0,
        "displayLocationInDecimal": False,
        "encrypted": field.type == "encryptedstring",
        "externalId": field.external_id,
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "filterable": abilities.is_filterable(field),
        "filteredLookupInfo": _filtered(field.lookup_filter),
        "formulaTreatNullNumberAsZero": field.blank_as_zero,
        "groupable": abilities.is_groupable(field),
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.is_key,
        "inlineHelpText": field.help or None,
        "label": field.label,
        "length": length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.is_name,
        "namePointing": len(field.refers) > 1,
        "nillable": not field.required and field.type != "boolean" and not field.auto_number,
        "permissionable": permission_name(owner, field) is not None,
        "picklistValues": _picks(owner, field),
        "polymorphicForeignKey": len(field.refers) > 1,
        "precision": (field.precision or 18) if field.type in NUMBER_TYPES else 0,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": sorted(field.refers),
        "relationshipName": field.relationship or None,
        "relationshipOrder": 0 if field.master_detail else None,
        "restrictedDelete": field.restrict,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "searchPrefilterable": field.type == "reference",
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": abilities.is_sortable(field),
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
        "writeRequiresMasterRead": False,
    }


def summary(call: Call, owner: SObject) -> dict[str, Any]:
    """Return an object's entry in the list of all objects."""
    base = f"{call.base}/sobjects/{owner.name}"
    urls = {
        "rowTemplate": f"{base}/{{ID}}",
        "describe": f"{base}/describe",
        "sobject": base,
    }
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": owner.createable,
        "custom": owner.custom,
        "customSetting": bool(owner.setting),
        "deepCloneable": False,
        "deletable": owner.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": owner.prefix or None,
        "label": owner.label,
        "labelPlural": owner.plural,
        "layoutable": not owner.setup,
        "mergeable": owner.name in {"Account", "Contact", "Lead", "Case"},
        "mruEnabled": not owner.setup,
        "name": owner.name,
        "queryable": not owner.is_event,
        "replicateable": not owner.is_event,
        "retrieveable": not owner.is_event,
        "searchable": not owner.setup and not owner.is_event,
        "triggerable": True,
        "undeletable": owner.deletable and not owner.setup,
        "updateable": owner.updateable,
        "urls": urls,
    }


def record_types(call: Call, owner: SObject) -> list[dict[str, Any]]:
    """Return the record types of an object, the master last."""
    master = {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": "012000000000000AAA",
        "urls": {
            "layout": f"{call.base}/sobjects/{owner.name}/describe/layouts/012000000000000AAA"
        },
    }
    found = []
    with call.org.store.read() as connection:
        rows = connection.execute(
            "SELECT Id, DeveloperName, Name, IsActive FROM RecordType "
            "WHERE SobjectType = ? AND IsDeleted = 0 ORDER BY Id",
            (owner.name,),
        ).fetchall()
    grants = call.org.view.grants
    for record_id, developer_name, name, active in rows:
        usable = grants is None or developer_name in owner.record_types
        layout = f"{call.base}/sobjects/{owner.name}/describe/layouts/{record_id}"
        found.append(
            {
                **master,
                "active": bool(active),
                "available": bool(active) and usable,
                "defaultRecordTypeMapping": False,
                "developerName": developer_name,
                "master": False,
                "name": name,
                "recordTypeId": record_id,
                "urls": {"layout": layout},
            }
        )
    return [*found, master]


def full(call: Call, owner: SObject) -> dict[str, Any]:
    """Return an object's whole description."""
    children: list[dict[str, object]] = [
        {
            "cascadeDelete": each.cascade,
            "childSObject": each.child,
            "deprecatedAndHidden": False,
            "field": each.field,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": each.name or None,
            "restrictedDelete": each.restrict,
        }
        for each in owner.children
    ]
    return {
        **summary(call, owner),
        "actionOverrides": [],
        "childRelationships": children,
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(owner, field) for field in owner.fields.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": record_types(call, owner),
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {owner.plural}", "name": "everything"}],
    }


def _changed_since(call: Call, name: str) -> bool | None:
    """Say whether the schema changed after the moment in a header, if there is one."""
    since = call.header(name)
    if not since:
        return None
    try:
        return parsedate_to_datetime(since).timestamp() < int(call.org.schema_since)
    except (TypeError, ValueError):
        return None


def _dated(call: Call, data: object) -> Answer:
    if _changed_since(call, "if-unmodified-since"):
        raise SalesforceError("PRECONDITION_FAILED", "The metadata was modified since", status=412)
    if _changed_since(call, "if-modified-since") is False:
        return Answer(status=304)
    return Answer(data, headers={"Last-Modified": formatdate(call.org.schema_since, usegmt=True)})


def everything(call: Call) -> Answer:
    """List all objects."""
    found = [summary(call, each) for each in sorted_objects(call)]
    return _dated(call, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def sorted_objects(call: Call) -> list[SObject]:
    """Return all objects by name."""
    return sorted(call.org.visible.objects.values(), key=lambda each: each.name)


def one(call: Call, name: str) -> Answer:
    """Describe one object."""
    return _dated(call, full(call, object_of(call, name)))


def basic(call: Call, name: str) -> Answer:
    """Return the short description of one object and its last used records."""
    owner = object_of(call, name)
    recent: list[dict[str, object]] = []
    if not owner.is_event and not owner.view:
        shown = f", {owner.name_field.name}" if owner.name_field is not None else ""
        text = f"SELECT Id{shown} FROM {owner.name} ORDER BY SystemModstamp DESC LIMIT 10"
        recent = call.org.reader.query(text, base=call.base).records
    return Answer({"objectDescribe": summary(call, owner), "recentItems": recent})
