"""What a user without administrator rights sees of the schema, by permission sets."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import unquote

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import Field, Schema, SObject
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.schema.standard import read_lines

READ, CREATE, EDIT, DELETE = "allowRead", "allowCreate", "allowEdit", "allowDelete"
ACTIONS = (READ, CREATE, EDIT, DELETE)
AUDIT = frozenset(("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"))
AUDIT_RIGHT = "CreateAuditFields"
GOVERNED_BY = {
    "OrderItem": "Order",
    "OpportunityLineItem": "Opportunity",
    "OpportunityContactRole": "Opportunity",
    "CampaignMember": "Campaign",
    "CaseComment": "Case",
    "PricebookEntry": "Pricebook2",
}
ACTIVITIES = {"Task": "EditTask", "Event": "EditEvent"}
PROCESSES = ("ProcessInstance", "ProcessInstanceNode", "ProcessInstanceStep")
CONTENT = ("ContentDocument", "ContentDocumentLink", "ContentVersion")
FILES = ("Attachment", "Document", *CONTENT)
OPEN = frozenset(("Note", *FILES, *PROCESSES, "ProcessInstanceWorkitem"))
ADDRESS_PARTS = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude")


@dataclass(slots=True)
class Grants:
    """Everything that a user's permission sets allow together."""

    objects: dict[str, set[str]] = field(default_factory=dict)
    readable: set[str] = field(default_factory=set)
    editable: set[str] = field(default_factory=set)
    rights: set[str] = field(default_factory=set)
    record_types: set[str] = field(default_factory=set)

    def add(self, element: etree._Element) -> None:
        """Take in one permission set."""
        for each in xml.children(element, "objectPermissions"):
            allowed = {action for action in ACTIONS if xml.flag(each, action)}
            self.objects.setdefault(xml.text(each, "object"), set()).update(allowed)
        for each in xml.children(element, "fieldPermissions"):
            name = xml.text(each, "field").lower()
            if xml.flag(each, "readable") or xml.flag(each, "editable"):
                self.readable.add(name)
            if xml.flag(each, "editable"):
                self.editable.add(name)
        self.rights |= _enabled(element, "userPermissions", "name", "enabled")
        self.record_types |= _enabled(element, "recordTypeVisibilities", "recordType", "visible")

    def on(self, owner: SObject) -> set[str]:
        """Return what may be done with an object's records; a history would tell too much."""
        if owner.view:
            return set()
        if owner.setup or owner.name in OPEN:
            return {READ} if owner.setup else set(ACTIONS)
        if owner.name in ACTIVITIES:
            return set(ACTIONS) if ACTIVITIES[owner.name] in self.rights else {READ}
        allowed = self.objects.get(owner.name)
        if allowed is not None:
            return allowed
        allowed = self.objects.get(GOVERNED_BY.get(owner.name, ""), set())
        # Whoever may edit a parent may do anything to the lines that belong to it.
        return set(ACTIONS) if EDIT in allowed else allowed & {READ}


def _enabled(element: etree._Element, kind: str, name: str, flag: str) -> set[str]:
    found = xml.children(element, kind)
    return {xml.text(each, name) for each in found if xml.flag(each, flag)}


def read_grants(
    components: Iterable[Component], names: frozenset[str], profile: str = ""
) -> Grants:
    """Return what a profile and the named permission sets allow together."""
    grants = Grants()
    for component in components:
        is_set = component.kind == "PermissionSet" and component.name in names
        if is_set or (component.kind == "Profile" and unquote(component.name) == profile):
            grants.add(component.element())
    return grants


@cache
def _table() -> frozenset[str]:
    found = set()
    for line in read_lines("permissionable.txt"):
        owner, _, names = line.partition(":")
        found |= {f"{owner}.{name}" for name in names.split()}
    return frozenset(found)


PLACE_PART = re.compile(r"__(?:Latitude|Longitude)__s\Z")


def permission_name(owner: SObject, one: Field) -> str | None:
    """Return the name under which a field is granted; None for what comes with the object."""
    if one.custom:
        forced = one.required or one.master_detail or owner.is_event
        name = PLACE_PART.sub("__c", one.name)
        return None if forced else f"{owner.name}.{name}"
    name = one.name
    for part in ADDRESS_PARTS:
        address = f"{owner.name}.{name.removesuffix(part)}Address"
        if name.endswith(part) and address in _table():
            return address
    full_name = f"{owner.name}.{name}"
    return full_name if full_name in _table() else None


def _granted(owner: SObject, one: Field, names: set[str]) -> bool:
    wanted = permission_name(owner, one)
    if wanted is None or owner.setup:
        return True
    if owner.name in ACTIVITIES and f"activity.{one.key}" in names:
        return True
    return wanted.lower() in names


def _narrowed(owner: SObject, grants: Grants, visible: set[str]) -> SObject:
    allowed = grants.on(owner)
    made = owner.copy()
    made.createable = owner.createable and CREATE in allowed
    made.updateable = owner.updateable and EDIT in allowed
    made.deletable = owner.deletable and DELETE in allowed
    for key, one in owner.fields.items():
        if not _granted(owner, one, grants.readable):
            del made.fields[key]
            continue
        free = _granted(owner, one, grants.editable)
        refers = tuple(name for name in one.refers if name in visible)
        made.fields[key] = replace(
            one,
            createable=one.createable and free and made.createable,
            updateable=one.updateable and free and made.updateable,
            refers=refers,
            relationship=one.relationship if refers else "",
        )
    made.record_types = {
        name: kind
        for name, kind in owner.record_types.items()
        if f"{owner.name}.{name}" in grants.record_types
    }
    return made


def narrowed(schema: Schema, grants: Grants) -> Schema:
    """Return the part of a schema that a user may see, with what the user may change."""
    seen = [owner for owner in schema.objects.values() if READ in grants.on(owner)]
    names = {owner.name for owner in seen}
    made = Schema([_narrowed(owner, grants, names) for owner in seen])
    made.matching, made.tracked = schema.matching, schema.tracked
    return made


def with_audit_fields(schema: Schema) -> Schema:
    """Return a schema in which creator and dates can be set when a record is created."""
    copies = []
    for owner in schema.objects.values():
        made = owner.copy()
        for one in owner.fields.values():
            if one.name in AUDIT and owner.createable and not owner.setup:
                made.add(replace(one, createable=True))
        copies.append(made)
    result = Schema(copies)
    result.matching, result.tracked = schema.matching, schema.tracked
    return result
