"""Layouts, tabs and colours: what a client needs to draw pages of its own."""

from typing import Any

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.describe import describe_field, object_of
from crm_sync.localorg.schema.model import Field, SObject

MASTER = "012000000000000AAA"
SYSTEM_LAYOUT = "SYSTEM"
COLOURS = ("1797C0", "3A49DA", "7F2443", "E8B407", "3C3C3C", "0B827C")


def _item(owner: SObject, field: Field) -> dict[str, object]:
    component = {"details": describe_field(owner, field), "type": "Field", "value": field.name}
    return {
        "editableForNew": field.createable,
        "editableForUpdate": field.updateable,
        "label": field.label,
        "layoutComponents": [{**component, "displayLines": 1, "tabOrder": 1}],
        "placeholder": False,
        "required": field.required,
    }


def _layout(owner: SObject) -> dict[str, object]:
    rows = [{"layoutItems": [_item(owner, field)], "numItems": 1} for field in owner.stored()]
    section: dict[str, object] = {
        "columns": 1,
        "heading": "Information",
        "layoutRows": rows,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": True,
    }
    related = [
        {"label": each.name, "name": each.name, "sobject": each.child, "field": each.field}
        for each in owner.children
        if each.name
    ]
    return {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": [section],
        "editLayoutSections": [section],
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": "00h000000000000AAA",
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": related,
        "saveOptions": [],
    }


def layouts(call: Call, name: str) -> Answer:
    """Return the one layout that every record of an object has here."""
    found = _layout(object_of(call, name))
    mapping = {"available": True, "layoutId": found["id"], "recordTypeId": MASTER}
    return Answer(
        {
            "layouts": [found],
            "recordTypeMappings": [{**mapping, "master": True, "name": "Master"}],
            "recordTypeSelectorRequired": [False],
        }
    )


def named(call: Call, name: str, layout: str) -> Answer:
    """Return a layout that goes by a name; all of them look the same here."""
    return layouts(call, name)


def layout(call: Call, name: str, record_type: str) -> Answer:
    """Return the layout of one record type."""
    if ids.normalize(record_type) is None:
        raise SalesforceError("MALFORMED_ID", f"Malformed ID {record_type}")
    return Answer(_layout(object_of(call, name)))


def _compact(owner: SObject) -> dict[str, Any]:
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
            "compactLayouts": [_compact(object_of(call, name))],
            "defaultCompactLayoutId": None,
            "recordTypeCompactLayoutMappings": [mapping],
        }
    )


def primary(call: Call, name: str) -> Answer:
    """Return the short layout that an object uses first."""
    return Answer(_compact(object_of(call, name)))


def approval(call: Call, name: str) -> Answer:
    """Return the layouts of approvals, of which there are none."""
    object_of(call, name)
    return Answer({"approvalLayouts": []})


def _tabbed(call: Call) -> list[SObject]:
    return [each for each in call.org.visible.tables() if not each.setup and each.createable]


def _colour(place: int) -> dict[str, str]:
    return {"color": COLOURS[place % len(COLOURS)], "context": "primary", "theme": "theme4"}


def tabs(call: Call) -> Answer:
    """List a tab for every object that people work with."""
    return Answer(
        [
            {
                "colors": [_colour(place)],
                "custom": each.custom,
                "iconUrl": f"{call.host}/static/icon.svg",
                "icons": [],
                "label": each.plural,
                "miniIconUrl": f"{call.host}/static/icon.svg",
                "name": each.name if each.custom else f"standard-{each.name}",
                "sobjectName": each.name,
                "url": f"{call.host}/o/{each.name}/",
            }
            for place, each in enumerate(_tabbed(call))
        ]
    )


def theme(call: Call) -> Answer:
    """Return the colours and pictures of the objects."""
    icon = {
        "contentType": "image/svg+xml",
        "height": 0,
        "theme": "theme4",
        "url": f"{call.host}/static/icon.svg",
        "width": 0,
    }
    return Answer(
        {
            "themeItems": [
                {"colors": [_colour(place)], "icons": [icon], "name": each.name}
                for place, each in enumerate(_tabbed(call))
            ]
        }
    )
