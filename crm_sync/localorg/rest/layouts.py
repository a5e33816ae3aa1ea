"""Layouts: what a client needs to draw records of its own."""

from typing import Any

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.approvals import definitions
from crm_sync.localorg.rest.describe import describe_field, object_of, record_types
from crm_sync.localorg.schema.model import ChildRelationship, Field, Schema, SObject

Entry = dict[str, Any]

MASTER = "012000000000000AAA"
SYSTEM_LAYOUT = "SYSTEM"


LAYOUT = "00h000000000000AAA"


def _item(owner: SObject, field: Field, place: int = 1, *, required: bool = False) -> Entry:
    component = {"details": describe_field(owner, field), "type": "Field", "value": field.name}
    return {
        "editableForNew": field.createable,
        "editableForUpdate": field.updateable,
        "label": field.label,
        "layoutComponents": [{**component, "displayLines": 1, "tabOrder": place}],
        "placeholder": False,
        "required": field.required or required,
    }


def section(
    owner: SObject, fields: list[Field], heading: str, required: frozenset[str] = frozenset()
) -> Entry:
    """Return a section of a layout: one field a row."""
    rows = [
        {"layoutItems": [_item(owner, each, place, required=each.name in required)], "numItems": 1}
        for place, each in enumerate(fields, 1)
    ]
    return {
        "collapsed": False,
        "columns": 1,
        "heading": heading,
        "layoutRows": rows,
        "layoutSectionId": None,
        "parentLayoutId": LAYOUT,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": bool(heading),
    }


def _related(schema: Schema, each: ChildRelationship) -> Entry:
    child = schema.find(each.child)
    shown = child.name_field if child is not None else None
    columns = [
        {
            "field": f"{each.child}.{shown.name}",
            "fieldApiName": shown.name,
            "format": None,
            "label": shown.label,
            "lookupId": f"{each.child}.Id",
            "name": shown.name,
            "sortable": True,
        }
        for shown in ([shown] if shown is not None else [])
    ]
    return {
        "accessLevelRequiredForCreate": None,
        "buttons": [],
        "columns": columns,
        "custom": child is not None and child.custom,
        "field": each.field,
        "label": child.plural if child is not None else each.name,
        "limitRows": 5,
        "name": each.name,
        "sobject": each.child,
        "sort": [],
    }


def full(schema: Schema, owner: SObject) -> Entry:
    """Return the whole layout of an object."""
    found = section(owner, owner.stored(), "Information")
    return {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": [found],
        "editLayoutSections": [found],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": LAYOUT,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [_related(schema, each) for each in owner.children if each.name],
        "saveOptions": [],
    }


def layouts(call: Call, name: str) -> Answer:
    """Return the one layout that every record of an object has here."""
    owner = object_of(call, name)
    found = full(call.org.visible, owner)
    mappings = [
        {**kind, "layoutId": found["id"], "picklistsForRecordType": _picklists(owner, kind)}
        for kind in record_types(call, owner)
    ]
    return Answer(
        {
            "layouts": [found],
            "recordTypeMappings": mappings,
            "recordTypeSelectorRequired": [len(mappings) > 2],  # the master is no choice
        }
    )


def _picklists(owner: SObject, kind: Entry) -> list[Entry]:
    """Return the values that a record type offers; one without says nothing of them."""
    known = owner.record_types.get(kind["developerName"])
    allowed = known.picklists if known is not None else {}
    found = []
    for field in owner.stored():
        values = [
            each
            for each in describe_field(owner, field)["picklistValues"]
            if field.key not in allowed or each["value"] in allowed[field.key]
        ]
        if values:
            found.append({"picklistName": field.name, "picklistValues": values})
    return found


def named(call: Call, name: str, layout: str) -> Answer:
    """Return a layout that goes by a name; all of them look the same here."""
    return layouts(call, name)


def layout(call: Call, name: str, record_type: str) -> Answer:
    """Return the layout of one record type."""
    if ids.normalize(record_type) is None:
        raise SalesforceError("MALFORMED_ID", f"Malformed ID {record_type}")
    return Answer(full(call.org.visible, object_of(call, name)))


def short(owner: SObject) -> Entry:
    """Return what an object shows first of a record."""
    shown = owner.name_field
    return {
        "actions": [],
        "fieldItems": [_item(owner, shown)] if shown is not None else [],
        "id": None,
        "imageItems": [],
        "label": "System Default",
        "name": SYSTEM_LAYOUT,
        "objectType": owner.name,
    }


def compact(call: Call, name: str) -> Answer:
    """Return the short layout of an object."""
    mapping = {
        "available": True,
        "compactLayoutId": None,
        "compactLayoutName": SYSTEM_LAYOUT,
        "recordTypeId": MASTER,
        "recordTypeName": "Master",
    }
    return Answer(
        {
            "compactLayouts": [short(object_of(call, name))],
            "defaultCompactLayoutId": None,
            "recordTypeCompactLayoutMappings": [mapping],
        }
    )


def primaries(call: Call) -> Answer:
    """Return the short layouts of several objects."""
    names = [each.strip() for each in call.params().get("q", "").split(",") if each.strip()]
    return Answer({owner.name: short(owner) for owner in (object_of(call, each) for each in names)})


def primary(call: Call, name: str) -> Answer:
    """Return the short layout that an object uses first."""
    return Answer(short(object_of(call, name)))


def approval(call: Call, name: str, process: str = "") -> Answer:
    """Return the layouts of an object's approval processes, or of one of them."""
    found = [
        {"id": each["id"], "label": each["label"], "layoutItems": [], "name": each["name"]}
        for each in definitions(call, object_of(call, name).name)
        if process in {"", each["name"]}
    ]
    if process and not found:
        raise not_found()
    return Answer({"approvalLayouts": found})
