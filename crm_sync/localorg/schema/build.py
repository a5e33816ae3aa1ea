"""Building the schema: standard objects, then the components of the project and of each deploy."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import (
    automation,
    components,
    listed,
    matching,
    pasts,
    persons,
    processes,
    shares,
    xml,
)
from crm_sync.localorg.schema.automation import Automation
from crm_sync.localorg.schema.model import CUSTOM, Field, MatchingRule, Schema, SObject
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.schema.standard import standard_objects

ACTIVITY = ("Task", "Event")
ORDER = (
    "CustomLabels",
    "CustomLabel",
    "GlobalValueSet",
    "StandardValueSet",
    "CustomObject",
    "CustomField",
    "BusinessProcess",
    "RecordType",
    "ValidationRule",
    "MatchingRules",
    "DuplicateRule",
    "LeadConvertSettings",
    "Workflow",
    "WorkflowFieldUpdate",
    "WorkflowRule",
    "AssignmentRules",
    "AssignmentRule",
    "ApprovalProcess",
    "ListView",
    "PlatformEventChannelMember",
)

# The first letter of ids: records, events, custom metadata.
HEADS = {"c": "a", "e": "e", "mdt": "m"}
VALUES = {"GlobalValueSet": "customValue", "StandardValueSet": "standardValue"}
# Fields that take their values from a standard value set; statuses and stages are records, too.
STANDARD_SETS = {
    "AccountOwnership": ("Account.Ownership",),
    "AccountRating": ("Account.Rating", "Lead.Rating"),
    "AccountType": ("Account.Type",),
    "AssetStatus": ("Asset.Status",),
    "CaseOrigin": ("Case.Origin",),
    "CasePriority": ("Case.Priority",),
    "CampaignMemberStatus": ("CampaignMember.Status",),
    "CampaignStatus": ("Campaign.Status",),
    "CampaignType": ("Campaign.Type",),
    "CaseReason": ("Case.Reason",),
    "CaseStatus": ("Case.Status",),
    "ContactRole": ("OpportunityContactRole.Role",),
    "ContractStatus": ("Contract.Status",),
    "EventSubject": ("Event.Subject",),
    "LeadStatus": ("Lead.Status",),
    "OpportunityStage": ("Opportunity.StageName",),
    "OrderStatus": ("Order.Status",),
    "QuantityUnitOfMeasure": ("Product2.QuantityUnitOfMeasure",),
    "TaskStatus": ("Task.Status",),
    "TaskSubject": ("Task.Subject",),
    "CaseType": ("Case.Type",),
    "Industry": ("Account.Industry", "Lead.Industry"),
    "LeadSource": (
        "Account.AccountSource",
        "Contact.LeadSource",
        "Lead.LeadSource",
        "Opportunity.LeadSource",
    ),
    "OpportunityType": ("Opportunity.Type",),
    "OrderType": ("Order.Type",),
    "Product2Family": ("Product2.Family",),
    "Salutation": ("Contact.Salutation", "Lead.Salutation"),
    "TaskPriority": ("Task.Priority",),
}


def next_prefix(taken: Iterable[str], head: str) -> str:
    """Return the first free prefix for a custom object."""
    used = set(taken)
    for number in range(62 * 62):
        prefix = head + ids.ALPHABET[number // 62] + ids.ALPHABET[number % 62]
        if prefix not in used:
            return prefix
    raise SalesforceError("LIMIT_EXCEEDED", "Too many custom objects")


def record_type_field() -> Field:
    """Return the reference that objects with record types have."""
    return Field(
        "RecordTypeId",
        "Record Type ID",
        "reference",
        length=18,
        refers=("RecordType",),
        relationship="RecordType",
    )


class Builder:
    """Collects objects and gives back a linked schema."""

    def __init__(self, prefixes: dict[str, str], *, person_accounts: bool = False) -> None:
        self.person_accounts = person_accounts
        self.prefixes = prefixes
        self.tracked: set[str] = set()
        self.matching: dict[str, MatchingRule] = {}
        self.conversion: dict[str, tuple[tuple[str, str], ...]] = {}
        self.automations: dict[str, Automation] = {}
        self.labels: dict[str, str] = {}
        self.list_views: dict[str, list[listed.ListView]] = {}
        self.followed: dict[str, set[str]] = {}
        self.updates: dict[str, processes.Update] = {}
        self.processes: dict[str, list[processes.Process]] = {}
        self.sets: components.ValueSets = {}
        self.objects: dict[str, SObject] = {each.name: each for each in standard_objects()}
        # The kinds that are no part of one object.
        self.wide: dict[str, Callable[[Component], None]] = {
            "ApprovalProcess": self._apply_process,
            "AssignmentRule": self._apply_assignments,
            "AssignmentRules": self._apply_assignments,
            "ListView": self._apply_view,
            "CustomLabel": self._apply_labels,
            "CustomLabels": self._apply_labels,
            "CustomObject": self._apply_object,
            "GlobalValueSet": self._apply_values,
            "LeadConvertSettings": self._apply_conversion,
            "MatchingRules": self._apply_matching,
            "PlatformEventChannelMember": self._track,
            "StandardValueSet": self._apply_values,
            "Workflow": self._apply_workflow,
            "WorkflowFieldUpdate": self._apply_updates,
            "WorkflowRule": self._apply_workflows,
        }

    def apply(self, found: Iterable[Component]) -> None:
        """Apply components in the order in which they depend on each other."""
        by_kind: dict[str, list[Component]] = {kind: [] for kind in ORDER}
        for component in found:
            by_kind.get(component.kind, []).append(component)
        for kind in ORDER:
            for component in by_kind[kind]:
                self._apply_one(component)

    def finish(self) -> Schema:
        """Return the schema."""
        if self.person_accounts:
            persons.add(self.objects)
        for each in self.objects.values():
            self._settle_summaries(each)
            if each.record_types:
                each.add(record_type_field())
            self._settle_master_detail(each)
        self._settle_links()
        pasts.add(self.objects, self.followed)
        shares.add(self.objects)
        schema = Schema(self.objects.values())
        schema.matching, schema.conversion = self.matching, self.conversion
        schema.updates, schema.processes = self.updates, self.processes
        schema.labels = self.labels
        schema.list_views, schema.automations = self.list_views, self.automations
        schema.tracked = frozenset(self.tracked)
        return schema

    def _settle_links(self) -> None:
        """Let activities, approvals and files be about custom objects, too."""
        custom = [each for each in self.objects.values() if each.custom and not each.is_event]
        active = tuple(each.name for each in custom if each.has_activities)
        every = tuple(each.name for each in custom)
        for name, link, more in (
            ("Task", "whatid", active),
            ("Event", "whatid", active),
            ("ProcessInstance", "targetobjectid", every),
            ("Attachment", "parentid", every),
            ("ContentDocumentLink", "linkedentityid", every),
            ("ContentVersion", "firstpublishlocationid", every),
        ):
            one = self.objects[name].fields[link]
            self.objects[name].add(replace(one, refers=one.refers + more))

    def _settle_summaries(self, each: SObject) -> None:
        """Give every roll-up the type of what it sums up; one over nothing is refused."""
        for one in [one for one in each.fields.values() if one.summary is not None]:
            wish = one.summary
            child = self.objects.get(wish.child) if wish else None
            link = child.find(wish.link) if wish and child else None
            if wish is None or child is None or link is None or each.name not in link.refers:
                message = f"{each.name}.{one.name}: the summarized records cannot be found"
                raise SalesforceError("INVALID_FIELD", message)
            summed = child.find(wish.field)
            if wish.operation == "count":
                each.add(replace(one, type="double", precision=18, scale=0))
            elif summed is None:
                message = f"{each.name}.{one.name}: {wish.child}.{wish.field} does not exist"
                raise SalesforceError("INVALID_FIELD", message)
            else:
                each.add(replace(one, type=summed.type, precision=18, scale=summed.scale))

    def _settle_master_detail(self, each: SObject) -> None:
        if any(one.master_detail for one in each.fields.values()):
            each.fields.pop("ownerid", None)
            each.owned = False

    def _apply_one(self, component: Component) -> None:
        """Apply one component; a problem begins with the component's name."""
        try:
            self._apply_kind(component)
        except SalesforceError as error:
            if f"{component.name}: " in error.message:
                raise
            message = f"{component.name}: {error.message}"
            raise SalesforceError(error.code, message) from error

    def _apply_values(self, component: Component) -> None:
        entries = xml.children(component.element(), VALUES[component.kind])
        values = components.read_values(entries)
        if component.kind == "GlobalValueSet":
            self.sets[component.name] = values
            return
        for place in STANDARD_SETS.get(component.name, ()):
            name, _, field_name = place.partition(".")
            found = self.objects[name].find(field_name)
            if found is not None:
                usual = next((pick.value for pick in values if pick.is_default), None)
                self.objects[name].add(replace(found, picklist=values, default=usual))

    def _apply_kind(self, component: Component) -> None:
        apply = self.wide.get(component.kind)
        if apply is not None:
            apply(component)
            return
        owner, _, name = component.name.partition(".")
        for each in ACTIVITY if owner == "Activity" else (owner,):
            self._apply_part(component, self._owner(each, component.name), name)

    def _apply_updates(self, component: Component) -> None:
        found = processes.read_updates(component)
        self.updates |= {f"{each.object}.{each.name}": each for each in found}

    def _automation(self, component: Component) -> Automation:
        owner = component.name.partition(".")[0]
        return self.automations.setdefault(owner, Automation())

    def _apply_workflow(self, component: Component) -> None:
        self._apply_updates(component)
        self._apply_workflows(component)

    def _apply_workflows(self, component: Component) -> None:
        found = automation.read_workflows(component)
        self._automation(component).rules |= {each.name: each for each in found}

    def _apply_assignments(self, component: Component) -> None:
        found = automation.read_assignments(component)
        self._automation(component).assignments |= {each.name: each for each in found}

    def _apply_process(self, component: Component) -> None:
        owner, _, name = component.name.partition(".")
        found = processes.read_process(component.element(), owner, name)
        self.processes.setdefault(owner, []).append(found)

    def _apply_view(self, component: Component) -> None:
        owner, _, name = component.name.partition(".")
        found = listed.read(component.element(), owner, name)
        self.list_views.setdefault(owner, []).append(found)

    def _apply_labels(self, component: Component) -> None:
        element = component.element()
        alone = component.kind == "CustomLabel"
        for each in [element] if alone else xml.children(element, "labels"):
            name = component.name if alone else xml.text(each, "fullName")
            self.labels[name.lower()] = xml.text(each, "value")

    def _apply_conversion(self, component: Component) -> None:
        self.conversion |= matching.read_conversion(component.element())

    def _apply_matching(self, component: Component) -> None:
        owner = component.name.partition(".")[0]
        rules = matching.read_matching(component.element(), owner)
        self.matching |= {f"{owner}.{rule.name}": rule for rule in rules}

    def _track(self, component: Component) -> None:
        name = xml.text(component.element(), "selectedEntity").removesuffix("ChangeEvent")
        self.tracked.add(f"{name}c" if name.endswith("__") else name)

    def _owner(self, name: str, full_name: str) -> SObject:
        found = self.objects.get(name)
        if found is None:
            raise SalesforceError(
                "INVALID_TYPE", f"{full_name}: no CustomObject named {name} found"
            )
        return found

    def _apply_object(self, component: Component) -> None:
        name = component.name
        if name in self.objects or not name.endswith(CUSTOM):
            return
        if name not in self.prefixes:
            head = HEADS.get(name.rpartition("__")[2], "a")
            self.prefixes[name] = next_prefix(self.prefixes.values(), head)
        made = components.read_object(component.element(), name, self.prefixes[name])
        self.objects[name] = made

    def _apply_part(self, component: Component, owner: SObject, name: str) -> None:
        element = component.element()
        if component.kind == "CustomField":
            if xml.flag(element, "trackHistory"):
                self.followed.setdefault(owner.name, set()).add(name)
            # What else a project says of a standard field is kept without effect.
            if name.endswith("__c"):
                made = components.read_field(element, name, self.sets)
                parts = components.parts_of(made) if made.type == "location" else []
                for each in (made, *parts):
                    owner.add(each)
        elif component.kind == "RecordType":
            owner.record_types[name] = components.read_record_type(element, name)
        elif component.kind == "ValidationRule":
            owner.rules[name] = components.read_rule(element, name)
        elif component.kind == "DuplicateRule":
            owner.duplicates[name] = matching.read_duplicate(element, name)


def build(
    parts: Iterable[Component], prefixes: dict[str, str], *, person_accounts: bool = False
) -> Schema:
    """Return the schema that these components describe; new prefixes are added to the map."""
    builder = Builder(prefixes, person_accounts=person_accounts)
    builder.apply(parts)
    return builder.finish()
