"""Metadata that lives inside other metadata and has a name of its own: labels, alerts, rules."""

from collections.abc import Iterable, Iterator

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import Component

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
LABELS = "CustomLabels"
INSIDE = {
    LABELS: {"labels": "CustomLabel"},
    "AssignmentRules": {"assignmentRule": "AssignmentRule"},
    "AutoResponseRules": {"autoResponseRule": "AutoResponseRule"},
    "EscalationRules": {"escalationRule": "EscalationRule"},
    "MatchingRules": {"matchingRules": "MatchingRule"},
    "SharingRules": {
        "sharingCriteriaRules": "SharingCriteriaRule",
        "sharingGuestRules": "SharingGuestRule",
        "sharingOwnerRules": "SharingOwnerRule",
        "sharingTerritoryRules": "SharingTerritoryRule",
    },
    "Workflow": {
        "alerts": "WorkflowAlert",
        "fieldUpdates": "WorkflowFieldUpdate",
        "flowActions": "WorkflowFlowAction",
        "knowledgePublishes": "WorkflowKnowledgePublish",
        "outboundMessages": "WorkflowOutboundMessage",
        "rules": "WorkflowRule",
        "send": "WorkflowSend",
        "tasks": "WorkflowTask",
    },
}
PARENT = {kind: (parent, tag) for parent, tags in INSIDE.items() for tag, kind in tags.items()}
Key = tuple[str, str]


def owner_of(kind: str, name: str) -> Key:
    """Return the metadata inside which a named part lives."""
    parent = PARENT[kind][0]
    return parent, LABELS if parent == LABELS else name.partition(".")[0]


def _named(component: Component, element: etree._Element) -> Key:
    tag, name = xml.local(element), xml.text(element, "fullName")
    kind = INSIDE[component.kind].get(tag, "")
    if not kind:
        return "", tag
    return kind, name if component.kind == LABELS else f"{component.name}.{name}"


def _elements(component: Component) -> Iterator[tuple[Key, etree._Element]]:
    for each in component.element().iterchildren(tag=etree.Element):
        yield _named(component, each), each


def parts(component: Component) -> list[Component]:
    """Return what lives inside one piece of metadata, each under its own name."""
    if component.kind not in INSIDE:
        return []
    found = [(key, each) for key, each in _elements(component) if key[0]]
    return [Component(*key, etree.tostring(each)) for key, each in found]


def with_parts(components: Iterable[Component]) -> list[Component]:
    """Return all metadata and what lives inside of it."""
    found = list(components)
    return found + [part for each in found for part in parts(each)]


def _made(component: Component, elements: Iterable[etree._Element]) -> Component:
    root = etree.Element(f"{{{NAMESPACE}}}{component.kind}", nsmap={None: NAMESPACE})
    root.extend(list(elements))
    return Component(component.kind, component.name, etree.tostring(root))


def merged(old: Component, new: Component) -> Component:
    """Return metadata in which new parts take the place of old ones of their name."""
    here = dict(_elements(old))
    coming = dict(_elements(new))
    there = {key: each for key, each in here.items() if key[0]}
    result = _made(new, {**there, **coming}.values())
    is_same = etree.tostring(_made(old, here.values()).element(), method="c14n") == etree.tostring(
        result.element(), method="c14n"
    )
    return old if is_same else result


def without(component: Component, names: set[Key]) -> Component | None:
    """Return metadata without some of its parts, or nothing if none is left."""
    left = {key: each for key, each in _elements(component) if key not in names}
    return _made(component, left.values()) if any(kind for kind, _name in left) else None


def only(component: Component, names: set[Key]) -> Component:
    """Return metadata with some of its parts alone."""
    return _made(component, [each for key, each in _elements(component) if key in names])


def joined(
    found: Iterable[tuple[str, Component]], known: dict[Key, Component]
) -> list[tuple[str, Component]]:
    """Return the components of a package as they stand when their parts have found their place."""
    made: dict[Key, tuple[str, Component]] = {}
    for file, component in found:
        key = (component.kind, component.name)
        whole = component
        if component.kind in PARENT:
            key = owner_of(*key)
            element = component.element()
            element.tag = f"{{{NAMESPACE}}}{PARENT[component.kind][1]}"
            whole = _made(Component(*key, b""), [element])
        before = made[key][1] if key in made else known.get(key)
        if before is not None and key[0] in INSIDE:
            whole = merged(before, whole)
        made[key] = (file, whole)
    return list(made.values())
