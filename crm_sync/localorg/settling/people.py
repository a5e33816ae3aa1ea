"""Queues, public groups and roles with their members."""

from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.settling.wanted import Link, Values, Wanted

# Where a queue's members stand, what each is called there, and where they are found.
MEMBERS = (
    ("users", "user", "User", "Username"),
    ("publicGroups", "publicGroup", "Group", "DeveloperName"),
    ("roles", "role", "UserRole", "DeveloperName"),
)

STANDARD_PROFILES = frozenset(("Admin", "Standard"))


def _members(element: etree._Element, group: str) -> Iterator[Wanted]:
    found = xml.child(element, "queueMembers")
    for kind, tag, owner, column in MEMBERS if found is not None else ():
        listed = xml.child(found, kind) if found is not None else None
        for each in xml.children(listed, tag) if listed is not None else ():
            name = (each.text or "").strip()
            member = Link(owner, name, column)
            values: Values = {"GroupId": Link("Group", group), "UserOrGroupId": member}
            yield Wanted("GroupMember", f"{group}/{owner}/{name}", values)


def queue(component: Component, _schema: Schema) -> Iterator[Wanted]:
    """Yield a queue, what it may own and who works on it."""
    element, name = component.element(), component.name
    values: Values = {
        "Name": xml.text(element, "name") or name,
        "DeveloperName": name,
        "Type": "Queue",
        "Email": xml.text(element, "email") or None,
        "DoesSendEmailToMembers": int(xml.flag(element, "doesSendEmailToMembers")),
        "DoesIncludeBosses": 0,
    }
    yield Wanted("Group", name, values)
    for each in xml.children(element, "queueSobject"):
        kind = xml.text(each, "sobjectType")
        facts: Values = {"QueueId": Link("Group", name), "SobjectType": kind}
        yield Wanted("QueueSobject", f"{name}/{kind}", facts)
    yield from _members(element, name)


def group(component: Component, _schema: Schema) -> Iterator[Wanted]:
    """Yield a public group."""
    element = component.element()
    values: Values = {
        "Name": xml.text(element, "name") or component.name,
        "DeveloperName": component.name,
        "Type": "Regular",
        "DoesSendEmailToMembers": 0,
        "DoesIncludeBosses": int(xml.flag(element, "doesIncludeBosses")),
    }
    yield Wanted("Group", component.name, values)


def profile(component: Component, _schema: Schema) -> Iterator[Wanted]:
    """Yield a profile; those that every org has go by other names in the metadata."""
    name = unquote(component.name)
    if name not in STANDARD_PROFILES:
        yield Wanted("Profile", name, {"Name": name, "UserType": "Standard"})


def role(component: Component, _schema: Schema) -> Iterator[Wanted]:
    """Yield a role below the one it reports to."""
    element = component.element()
    above = xml.text(element, "parentRole")
    values: Values = {
        "Name": xml.text(element, "name") or component.name,
        "DeveloperName": component.name,
        "RollupDescription": xml.text(element, "description") or None,
        "CaseAccessForAccountOwner": xml.text(element, "caseAccessLevel") or "None",
        "ContactAccessForAccountOwner": xml.text(element, "contactAccessLevel") or "None",
        "OpportunityAccessForAccountOwner": xml.text(element, "opportunityAccessLevel") or "None",
        "MayForecastManagerShare": int(xml.flag(element, "mayForecastManagerShare")),
        "ParentRoleId": Link("UserRole", above) if above else None,
    }
    yield Wanted("UserRole", component.name, values)
