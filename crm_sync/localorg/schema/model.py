"""The shape of an org: objects, fields, relationships, record types."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crm_sync.localorg.schema.automation import Automation
from crm_sync.localorg.schema.dependencies import LookupFilter
from crm_sync.localorg.schema.listed import ListView
from crm_sync.localorg.schema.processes import Process, Update

# What the names of custom objects, events and custom metadata types end with.
CUSTOM = ("__c", "__e", "__mdt")
TEXT_TYPES = frozenset(
    [
        "string",
        "textarea",
        "picklist",
        "multipicklist",
        "email",
        "phone",
        "url",
        "combobox",
        "encryptedstring",
    ]
)
NUMBER_TYPES = frozenset(("currency", "double", "percent"))
SYSTEM_FIELDS = frozenset(
    [
        "Id",
        "IsDeleted",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    ]
)


@dataclass(frozen=True, slots=True)
class PickValue:
    """One choice of a picklist."""

    value: str
    label: str = ""
    is_default: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """What a roll-up field sums up: child records, one of their fields, under conditions."""

    child: str
    link: str
    operation: str
    field: str = ""
    filters: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    required: bool = False
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    id_lookup: bool = False
    auto_number: str = ""
    is_name: bool = False
    default: object = None
    default_formula: str = ""
    picklist: tuple[PickValue, ...] = ()
    restricted: bool = False
    refers: tuple[str, ...] = ()
    relationship: str = ""
    children: str = ""
    cascade: bool = False
    restrict: bool = False
    custom: bool = False
    help: str = ""
    formula: str = ""
    blank_as_zero: bool = False
    summary: Summary | None = None
    master_detail: bool = False
    controller: str = ""
    valid_for: dict[str, frozenset[str]] = field(default_factory=dict, hash=False)
    lookup_filter: LookupFilter | None = None

    @property
    def key(self) -> str:
        """Return the name under which lookups ignore case."""
        return self.name.lower()

    @property
    def degrees(self) -> tuple[str, str]:
        """Return the names of the two numbers of a place or of an address."""
        if self.type == "location":
            stem = self.name.removesuffix("__c")
            return f"{stem}__Latitude__s", f"{stem}__Longitude__s"
        stem = self.name.removesuffix("Address")
        return f"{stem}Latitude", f"{stem}Longitude"

    @property
    def is_key(self) -> bool:
        """Say whether records can be addressed by this field."""
        return self.external_id or self.id_lookup

    @property
    def is_stored(self) -> bool:
        """Say whether the field has a column of its own."""
        return self.type not in {"address", "location"} and not self.formula

    @property
    def is_binary(self) -> bool:
        """Say whether the field holds a file."""
        return self.type == "base64"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A named variant of an object's records."""

    name: str
    label: str
    is_active: bool = True
    business_process: str = ""
    description: str = ""
    is_person: bool = False
    picklists: dict[str, frozenset[str]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A condition that must not hold when a record is saved."""

    name: str
    formula: str
    message: str
    error_field: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """What happens when a record looks like another one."""

    name: str
    label: str
    alert_text: str
    is_active: bool
    blocks_insert: bool
    blocks_update: bool
    alerts_insert: bool
    alerts_update: bool
    matches: tuple["MatchUse", ...] = ()


@dataclass(frozen=True, slots=True)
class MatchUse:
    """A matching rule that a duplicate rule uses, with the names of fields in the new record."""

    object: str
    rule: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MatchItem:
    """One field that is compared, and how."""

    field: str
    method: str = "Exact"
    blanks: bool = False


@dataclass(frozen=True, slots=True)
class MatchingRule:
    """Which fields make two records look alike."""

    name: str
    object: str
    items: tuple[MatchItem, ...]
    filter: str = ""

    @property
    def engine(self) -> str:
        """Return the name of what compares."""
        is_exact = all(item.method == "Exact" for item in self.items)
        return "ExactMatchEngine" if is_exact else "FuzzyMatchEngine"


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """How an object is reached from its parent's side."""

    name: str
    child: str
    field: str
    cascade: bool
    restrict: bool


@dataclass(frozen=True, slots=True)
class Habits:
    """What saving a kind of record needs again and again, worked out once."""

    columns: tuple[str, ...]
    defaults: dict[str, object]
    formulas: tuple[Field, ...]
    choices: tuple[Field, ...]
    required: tuple[str, ...]
    unique: tuple[Field, ...]
    numbered: tuple[Field, ...]
    filtered: tuple[Field, ...]


def _plain_default(field: Field) -> object:
    if field.summary is not None:
        return 0.0 if field.summary.operation in {"count", "sum"} else None
    return int(field.default) if isinstance(field.default, bool) else field.default


def _has_formula(field: Field) -> bool:
    is_plain = field.summary is not None or field.default is not None
    return bool(field.default_formula) and not is_plain


def _habits(fields: list[Field]) -> Habits:
    given = [one for one in fields if one.createable or one.updateable]
    return Habits(
        columns=tuple(one.name for one in fields),
        defaults={one.name: _plain_default(one) for one in fields if not _has_formula(one)},
        formulas=tuple(one for one in fields if _has_formula(one)),
        choices=tuple(one for one in fields if one.required and one.type == "picklist"),
        required=tuple(one.name for one in given if one.required),
        unique=tuple(one for one in fields if one.unique),
        numbered=tuple(one for one in fields if one.auto_number),
        filtered=tuple(one for one in fields if one.lookup_filter is not None),
    )


@dataclass(slots=True)
class SObject:
    """One kind of record."""

    name: str
    prefix: str
    label: str
    plural: str
    custom: bool = False
    is_event: bool = False
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    setup: bool = False
    setting: str = ""
    owned: bool = False
    queued: bool = False
    has_activities: bool = False
    has_history: bool = False
    view: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    record_types: dict[str, RecordType] = field(default_factory=dict)
    rules: dict[str, ValidationRule] = field(default_factory=dict)
    duplicates: dict[str, DuplicateRule] = field(default_factory=dict)
    children: list[ChildRelationship] = field(default_factory=list)
    relationships: dict[str, Field] = field(default_factory=dict)
    _habits: Habits | None = field(default=None, init=False, repr=False, compare=False)

    def add(self, new: Field) -> None:
        """Add or replace a field."""
        self.fields[new.key] = new
        self._habits = None

    @property
    def habits(self) -> Habits:
        """Return what saving needs; the fields no longer change when records are saved."""
        if self._habits is None:
            self._habits = _habits(self.stored())
        return self._habits

    def find(self, name: str) -> Field | None:
        """Return the field of that name in any case."""
        return self.fields.get(name.lower())

    def stored(self) -> list[Field]:
        """Return the fields that have columns."""
        return [each for each in self.fields.values() if each.is_stored]

    @property
    def name_field(self) -> Field | None:
        """Return the field whose value people see as the record's name."""
        return next((each for each in self.fields.values() if each.is_name), None)

    def copy(self) -> "SObject":
        """Return a copy whose tables can be changed without touching this one."""
        return replace(
            self,
            fields=dict(self.fields),
            record_types=dict(self.record_types),
            rules=dict(self.rules),
            duplicates=dict(self.duplicates),
            children=[],
            relationships={},
        )


class Schema:
    """Every object of the org, with the links between them worked out."""

    def __init__(self, objects: Iterable[SObject]) -> None:
        self.objects = {each.name.lower(): each for each in objects}
        self.by_prefix = {each.prefix: each for each in self.objects.values() if each.prefix}
        self.tracked: frozenset[str] = frozenset()
        self.matching: dict[str, MatchingRule] = {}
        self.updates: dict[str, Update] = {}
        self.automations: dict[str, Automation] = {}
        self.labels: dict[str, str] = {}
        self.list_views: dict[str, list[ListView]] = {}
        self.processes: dict[str, list[Process]] = {}
        self.conversion: dict[str, tuple[tuple[str, str], ...]] = {}
        self.rollups: dict[str, list[tuple[SObject, Field]]] = {}
        self._link()

    def find(self, name: str) -> SObject | None:
        """Return the object of that name in any case."""
        return self.objects.get(name.lower())

    def of_id(self, record_id: str) -> SObject | None:
        """Return the object whose prefix an id carries."""
        return self.by_prefix.get(record_id[:3])

    def require(self, name: str) -> SObject:
        """Return an object that must exist."""
        return self.objects[name.lower()]

    def tables(self) -> list[SObject]:
        """Return the objects that keep records."""
        return [each for each in self.objects.values() if not each.is_event and not each.view]

    def views(self) -> list[SObject]:
        """Return the objects whose records the org works out from what it keeps elsewhere."""
        return [each for each in self.objects.values() if each.view]

    def _link(self) -> None:
        for each in self.objects.values():
            each.children = []
            each.relationships = {
                one.relationship.lower(): one for one in each.fields.values() if one.relationship
            }
        for each in self.objects.values():
            for one in each.fields.values():
                self._link_parents(each, one)
                if one.summary is not None:
                    self.rollups.setdefault(one.summary.child, []).append((each, one))

    def _link_parents(self, child: SObject, reference: Field) -> None:
        for target in reference.refers:
            parent = self.find(target)
            if parent is not None:
                parent.children.append(
                    ChildRelationship(
                        reference.children,
                        child.name,
                        reference.name,
                        reference.cascade,
                        reference.restrict,
                    )
                )
