"""Approval processes and the field updates that they carry out, as read."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from crm_sync.localorg.schema import criteria, xml
from crm_sync.localorg.schema.criteria import ALWAYS, Criteria
from crm_sync.localorg.schema.source import Component

FIELD_UPDATE = "FieldUpdate"
BACK = "BackToPrevious"
UNANIMOUS = "Unanimous"
ACTIONS = (
    "initialSubmissionActions",
    "finalApprovalActions",
    "finalRejectionActions",
    "recallActions",
)


@dataclass(frozen=True, slots=True)
class Update:
    """A field that gets a value."""

    name: str
    object: str
    field: str
    operation: str
    value: str = ""
    target: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Who decides, under which conditions."""

    name: str
    label: str
    criteria: Criteria = ALWAYS
    approvers: tuple[tuple[str, str], ...] = ()
    is_unanimous: bool = False
    otherwise: str = ""
    goes_back: bool = False
    approved: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """One approval process of an object."""

    name: str
    object: str
    label: str
    is_active: bool = True
    order: int = 1
    description: str = ""
    criteria: Criteria = ALWAYS
    steps: tuple[Step, ...] = ()
    actions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    editors: str = "AdminOnly"
    can_recall: bool = True
    locks_approved: bool = False
    locks_rejected: bool = False
    manager: str = "Manager"
    of_owner: bool = False

    @property
    def key(self) -> str:
        """Return the full name."""
        return f"{self.object}.{self.name}"


def _updates(element: etree._Element, name: str) -> tuple[str, ...]:
    """Return the names of the field updates in a list of actions."""
    found = xml.child(element, name)
    actions = xml.children(found, "action") if found is not None else []
    return tuple(
        xml.text(each, "name") for each in actions if xml.text(each, "type") == FIELD_UPDATE
    )


def _step(element: etree._Element) -> Step:
    assigned = xml.child(element, "assignedApprover")
    behaviour = xml.child(element, "rejectBehavior")
    approvers = xml.children(assigned, "approver") if assigned is not None else []
    when = xml.text(assigned, "whenMultipleApprovers") if assigned is not None else ""
    return Step(
        xml.text(element, "name"),
        xml.text(element, "label"),
        criteria.read(xml.child(element, "entryCriteria")),
        tuple((xml.text(each, "type"), xml.text(each, "name")) for each in approvers),
        when == UNANIMOUS,
        xml.text(element, "ifCriteriaNotMet"),
        behaviour is not None and xml.text(behaviour, "type") == BACK,
        _updates(element, "approvalActions"),
        _updates(element, "rejectionActions"),
        xml.text(element, "description"),
    )


def read_process(element: etree._Element, owner: str, name: str) -> Process:
    """Read one approval process."""
    order = xml.text(element, "processOrder", "1")
    automatic = xml.child(element, "nextAutomatedApprover")
    manager = xml.text(automatic, "userHierarchyField") if automatic is not None else ""
    return Process(
        name,
        owner,
        xml.text(element, "label") or name,
        xml.flag(element, "active"),
        int(order) if order.isdigit() else 1,
        xml.text(element, "description"),
        criteria.read(xml.child(element, "entryCriteria")),
        tuple(_step(each) for each in xml.children(element, "approvalStep")),
        tuple((each, _updates(element, each)) for each in ACTIONS),
        xml.text(element, "recordEditability", "AdminOnly"),
        xml.flag(element, "allowRecall"),
        xml.flag(element, "finalApprovalRecordLock"),
        xml.flag(element, "finalRejectionRecordLock"),
        manager or "Manager",
        automatic is not None and xml.flag(automatic, "useApproverFieldOfRecordOwner"),
    )


def read_updates(component: Component) -> Iterable[Update]:
    """Yield the field updates of a workflow file, or the one that is deployed alone."""
    owner, _, name = component.name.partition(".")
    element = component.element()
    found = [element] if name else xml.children(element, "fieldUpdates")
    for each in found:
        operation = xml.text(each, "operation")
        value = {"Formula": "formula", "LookupValue": "lookupValue"}.get(operation, "literalValue")
        called = name or xml.text(each, "fullName")
        yield Update(
            called,
            owner,
            xml.text(each, "field"),
            operation,
            xml.text(each, value),
            xml.text(each, "targetObject"),
            xml.text(each, "name") or called,
        )
