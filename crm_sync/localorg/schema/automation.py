"""Workflow rules and assignment rules, as read."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from crm_sync.localorg.schema import criteria, xml
from crm_sync.localorg.schema.criteria import Criteria
from crm_sync.localorg.schema.processes import FIELD_UPDATE
from crm_sync.localorg.schema.source import Component

ON_CREATE = "onCreateOnly"
ON_CHANGES = "onAllChanges"


@dataclass(frozen=True, slots=True)
class WorkflowRule:
    """Fields that get values once a record meets criteria."""

    name: str
    is_active: bool
    criteria: Criteria
    trigger: str
    updates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Who gets the records that meet criteria."""

    criteria: Criteria
    assignee: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """Who gets a new record: the first entry that is for it decides."""

    name: str
    is_active: bool
    entries: tuple[Entry, ...] = ()


@dataclass(slots=True)
class Automation:
    """Everything that follows by itself when records of one object are saved."""

    rules: dict[str, WorkflowRule] = field(default_factory=dict)
    assignments: dict[str, AssignmentRule] = field(default_factory=dict)


def _name(component: Component, element: etree._Element) -> str:
    return component.name.partition(".")[2] or xml.text(element, "fullName")


def read_workflows(component: Component) -> Iterator[WorkflowRule]:
    """Yield the rules of a workflow file, or the one that is deployed alone."""
    element = component.element()
    alone = component.kind == "WorkflowRule"
    for each in [element] if alone else xml.children(element, "rules"):
        actions = xml.children(each, "actions")
        yield WorkflowRule(
            _name(component, each),
            xml.flag(each, "active"),
            criteria.read(each),
            xml.text(each, "triggerType", ON_CREATE),
            tuple(xml.text(x, "name") for x in actions if xml.text(x, "type") == FIELD_UPDATE),
        )


def read_assignments(component: Component) -> Iterator[AssignmentRule]:
    """Yield the rules of an assignment file, or the one that is deployed alone."""
    element = component.element()
    alone = component.kind == "AssignmentRule"
    for each in [element] if alone else xml.children(element, "assignmentRule"):
        entries = tuple(
            Entry(
                criteria.read(entry),
                xml.text(entry, "assignedTo"),
                xml.text(entry, "assignedToType"),
            )
            for entry in xml.children(each, "ruleEntry")
        )
        yield AssignmentRule(_name(component, each), xml.flag(each, "active"), entries)
