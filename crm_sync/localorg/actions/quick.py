"""Quick actions: those that every org has and those of the metadata."""

from dataclasses import dataclass, field

from lxml import etree

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Call
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.schema.standard import label_of

KIND = "QuickAction"
SAVING = frozenset(("Create", "LogACall", "Update"))
ACTIVITIES = frozenset(("Task", "Event"))

# Name | label | what it makes | fields of its layout | values that are set at once
STANDARD = """
LogACall    | Log a Call      | Task        | Subject Description WhoId WhatId | Subject=Call Status=Completed TaskSubtype=Call
NewTask     | New Task        | Task        | Subject ActivityDate OwnerId WhoId WhatId |
NewEvent    | New Event       | Event       | Subject StartDateTime EndDateTime IsAllDayEvent WhoId WhatId |
NewAccount  | New Account     | Account     | Name Phone ParentId |
NewContact  | New Contact     | Contact     | FirstName LastName AccountId Email Phone Title |
NewLead     | New Lead        | Lead        | FirstName LastName Company Email Phone |
NewOpportunity | New Opportunity | Opportunity | Name AccountId CloseDate StageName Amount |
NewCase     | New Case        | Case        | AccountId ContactId Status Subject Description |
"""  # noqa: E501 - a table is read by its lines


@dataclass(frozen=True, slots=True)
class QuickAction:
    """One action: which record it makes or changes and what it asks for."""

    name: str
    label: str
    type: str
    target: str
    context: str = ""
    parent_field: str = ""
    fields: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    values: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    message: str = ""

    @property
    def path(self) -> str:
        """Return the address below that of the version."""
        owner, dot, name = self.name.partition(".")
        return f"sobjects/{owner}/quickActions/{name}" if dot else f"quickActions/{self.name}"


def _standard(line: str) -> QuickAction:
    name, label, target, fields, values = (each.strip() for each in line.split("|"))
    kind = name if name == "LogACall" else "Create"
    pairs = dict(each.split("=") for each in values.split())
    return QuickAction(name, label, kind, target, fields=tuple(fields.split()), values=pairs)


GLOBAL = tuple(_standard(line) for line in STANDARD.strip().splitlines())


def _label(element: etree._Element, name: str) -> str:
    """Return the label, which for a standard one is told by its name."""
    given = xml.text(element, "label")
    standard = xml.text(element, "standardLabel").replace("CreateNew", "New")
    return given or label_of(standard or name.rpartition(".")[2])


def of_component(component: Component) -> QuickAction:
    """Return the action that a piece of metadata describes."""
    element = component.element()
    layout = xml.child(element, "quickActionLayout")
    columns = xml.children(layout, "quickActionLayoutColumns") if layout is not None else []
    items = [item for each in columns for item in xml.children(each, "quickActionLayoutItems")]
    named = [(xml.text(item, "field"), xml.text(item, "uiBehavior")) for item in items]
    overrides = xml.children(element, "fieldOverrides")
    facts = [(xml.text(each, "field"), each) for each in overrides]
    context, dot, _name = component.name.partition(".")
    kind = xml.text(element, "type", "Create")
    return QuickAction(
        name=component.name,
        label=_label(element, component.name),
        type=kind,
        target=xml.text(element, "targetObject") or (context if kind == "Update" else ""),
        context=context if dot else "",
        parent_field=xml.text(element, "targetParentField"),
        fields=tuple(name for name, _behaviour in named if name),
        required=frozenset(name for name, behaviour in named if behaviour == "Required"),
        values={name: xml.text(each, "literalValue") for name, each in facts if _is_set(each)},
        formulas={name: xml.text(each, "formula") for name, each in facts if not _is_set(each)},
        message=xml.text(element, "successMessage"),
    )


def _is_set(override: etree._Element) -> bool:
    return bool(xml.text(override, "literalValue"))


def available(call: Call, context: str = "") -> list[QuickAction]:
    """Return the actions of an object, or the global ones, as far as the user may use them."""
    found = [of_component(each) for each in call.org.components() if each.kind == KIND]
    own = [each for each in found if each.context.lower() == context.lower()]
    return [each for each in own if is_usable(call, each)] + ([] if context else usual(call, own))


def usual(call: Call, taken: list[QuickAction]) -> list[QuickAction]:
    """Return the actions of every org but for those that the metadata describe anew."""
    names = {each.name.lower() for each in taken}
    return [each for each in GLOBAL if each.name.lower() not in names and is_usable(call, each)]


def is_usable(call: Call, action: QuickAction) -> bool:
    """Say whether the user may make or change what an action is about."""
    if not action.target:
        return True
    owner = call.org.visible.find(action.target)
    if owner is None:
        return False
    return owner.updateable if action.type == "Update" else owner.createable


def find(call: Call, name: str, context: str = "") -> QuickAction:
    """Return the action of that name; an object offers the global ones, too."""
    wanted = name.lower()
    full = f"{context}.{name}".lower() if context else wanted
    found = available(call, context) if context else []
    named = next((each for each in found if each.name.lower() == full), None)
    chosen = named or next((each for each in available(call) if each.name.lower() == wanted), None)
    if chosen is None:
        raise not_found()
    return chosen


def target_of(call: Call, action: QuickAction) -> SObject:
    """Return the object whose record an action makes or changes."""
    owner = call.org.visible.find(action.target) if action.target else None
    if owner is None or action.type not in SAVING:
        message = f"The quick action {action.name} cannot be performed over the API."
        raise SalesforceError("INVALID_OPERATION", message)
    return owner
