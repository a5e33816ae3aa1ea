"""Metadata that are records of the Tooling API: what of them stands in which field."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import DESCRIPTION, Component
from crm_sync.localorg.schema.standard import label_of
from crm_sync.localorg.settling.wanted import Values

WHOLE_NUMBERS = frozenset(("length", "precision", "scale", "visibleLines", "startingNumber"))
LISTS = frozenset(("value", "values", "summaryFilterItems", "valueSettings"))
# Where code lives in a package, how its file ends, and the field that holds its text.
CODE = {
    "ApexClass": ("classes", "cls", "Body"),
    "ApexTrigger": ("triggers", "trigger", "Body"),
    "ApexPage": ("pages", "page", "Markup"),
    "ApexComponent": ("components", "component", "Markup"),
}
EVENTS = (
    "BeforeInsert",
    "AfterInsert",
    "BeforeUpdate",
    "AfterUpdate",
    "BeforeDelete",
    "AfterDelete",
    "AfterUndelete",
)
Maker = Callable[..., Values]


def content_of(files: dict[str, bytes]) -> bytes:
    """Return the file that a component's description describes."""
    return next((body for path, body in files.items() if not path.endswith(DESCRIPTION)), b"")


def as_json(element: etree._Element) -> Any:
    """Return metadata the way the Tooling API shows them."""
    parts = [each for each in element if isinstance(each.tag, str)]
    if not parts:
        text = (element.text or "").strip()
        if text in {"true", "false"}:
            return text == "true"
        return int(text) if xml.local(element) in WHOLE_NUMBERS and text.isdigit() else text
    found: dict[str, Any] = {}
    for each in parts:
        name, value = xml.local(each), as_json(each)
        if name in LISTS or name in found:
            known = found.setdefault(name, [])
            found[name] = [*(known if isinstance(known, list) else [known]), value]
        elif name != "fullName":
            found[name] = value
    return found


def add_parts(parent: etree._Element, given: dict[str, Any]) -> None:
    """Write metadata that came as JSON into an element."""
    space = etree.QName(parent).namespace
    for name, value in given.items():
        for each in value if isinstance(value, list) else [value]:
            if each is None:
                continue
            made = etree.SubElement(parent, f"{{{space}}}{name}")
            if isinstance(each, dict):
                add_parts(made, each)
            else:
                made.text = str(each).lower() if isinstance(each, bool) else str(each)


def _number(element: etree._Element, name: str) -> float | None:
    text = xml.text(element, name)
    return float(text) if text.replace(".", "", 1).isdigit() else None


def _code(component: Component, element: etree._Element, content: bytes) -> Values:
    text = content.decode("utf-8", "replace")
    found: Values = {"Name": component.name, "ApiVersion": _number(element, "apiVersion")}
    if component.kind in {"ApexPage", "ApexComponent"}:
        label = xml.text(element, "label") or label_of(component.name)
        return {**found, "Markup": text, "MasterLabel": label}
    found |= {"Status": xml.text(element, "status", "Active"), "Body": text}
    found |= {"BodyCrc": float(zlib.crc32(content)), "LengthWithoutComments": len(text)}
    if component.kind == "ApexTrigger":
        head, _, rest = text.partition("(")
        words = rest.partition(")")[0].lower().replace(" ", "")
        found["TableEnumOrId"] = (head.split() or [""])[-1] or None
        found |= {f"Usage{each}": int(each.lower() in words.split(",")) for each in EVENTS}
    return found


def _resource(component: Component, element: etree._Element, content: bytes) -> Values:
    return {
        "Name": component.name,
        "ContentType": xml.text(element, "contentType") or "application/octet-stream",
        "CacheControl": xml.text(element, "cacheControl") or "Private",
        "Description": xml.text(element, "description") or None,
        "BodyLength": len(content),
    }


def _object(component: Component, element: etree._Element, _content: bytes) -> Values:
    return {
        "DeveloperName": component.name.rpartition("__")[0] or component.name,
        "Description": xml.text(element, "description") or None,
        "SharingModel": xml.text(element, "sharingModel") or None,
    }


def _field(component: Component, element: etree._Element, _content: bytes) -> Values:
    owner, _, name = component.name.partition(".")
    sizes = {each: _number(element, each.lower()) for each in ("Length", "Precision", "Scale")}
    return {
        "DeveloperName": name.removesuffix("__c"),
        "TableEnumOrId": owner,
        "EntityDefinitionId": owner,
        "Description": xml.text(element, "description") or None,
        "InlineHelpText": xml.text(element, "inlineHelpText") or None,
        **{key: int(value) if value is not None else None for key, value in sizes.items()},
    }


def _rule(component: Component, element: etree._Element, _content: bytes) -> Values:
    owner, _, name = component.name.partition(".")
    return {
        "ValidationName": name,
        "EntityDefinitionId": owner,
        "Active": int(xml.flag(element, "active", default=True)),
        "Description": xml.text(element, "description") or None,
        "ErrorDisplayField": xml.text(element, "errorDisplayField") or None,
        "ErrorMessage": xml.text(element, "errorMessage") or None,
    }


def _action(component: Component, element: etree._Element, _content: bytes) -> Values:
    context, _dot, name = component.name.rpartition(".")
    return {
        "DeveloperName": name,
        "MasterLabel": xml.text(element, "label") or label_of(name),
        "SobjectType": context or "Global",
        "TargetSobjectType": xml.text(element, "targetObject") or None,
        "Type": xml.text(element, "type", "Create"),
    }


def _layout(component: Component, _element: etree._Element, _content: bytes) -> Values:
    owner, _, name = component.name.partition("-")
    return {"Name": name, "TableEnumOrId": owner, "EntityDefinitionId": owner}


def _page(component: Component, element: etree._Element, _content: bytes) -> Values:
    return {
        "DeveloperName": component.name,
        "MasterLabel": xml.text(element, "masterLabel") or label_of(component.name),
        "EntityDefinitionId": xml.text(element, "sobjectType") or None,
        "Type": xml.text(element, "type") or None,
    }


def _channel(component: Component, element: etree._Element, _content: bytes) -> Values:
    return {
        "DeveloperName": component.name.removesuffix("__chn"),
        "MasterLabel": xml.text(element, "label") or label_of(component.name),
        "ChannelType": xml.text(element, "channelType", "data"),
    }


def _member(component: Component, element: etree._Element, _content: bytes) -> Values:
    return {
        "DeveloperName": component.name,
        "EventChannel": xml.text(element, "eventChannel") or None,
        "SelectedEntity": xml.text(element, "selectedEntity") or None,
    }


# Kind of metadata | object of the Tooling API | how one becomes the other.
MAKERS: dict[str, tuple[str, Maker]] = {
    **{kind: (kind, _code) for kind in CODE},
    "StaticResource": ("StaticResource", _resource),
    "CustomObject": ("CustomObject", _object),
    "CustomField": ("CustomField", _field),
    "ValidationRule": ("ValidationRule", _rule),
    "PlatformEventChannel": ("PlatformEventChannel", _channel),
    "PlatformEventChannelMember": ("PlatformEventChannelMember", _member),
    "QuickAction": ("QuickActionDefinition", _action),
    "Layout": ("Layout", _layout),
    "FlexiPage": ("FlexiPage", _page),
}
DETAILED = frozenset(
    (
        *CODE,
        "StaticResource",
        "CustomObject",
        "CustomField",
        "ValidationRule",
        "PlatformEventChannel",
        "PlatformEventChannelMember",
    )
)


def values_of(component: Component, files: dict[str, bytes]) -> Values:
    """Return what a component's record holds."""
    element = component.element()
    found = MAKERS[component.kind][1](component, element, content_of(files))
    if component.kind in DETAILED:
        shown = as_json(element)
        found["FullName"] = component.name
        found["Metadata"] = json.dumps(shown if isinstance(shown, dict) else {})
    return found
