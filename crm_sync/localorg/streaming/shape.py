"""The fields of an event in the order and form in which events carry them."""

from dataclasses import dataclass

from crm_sync.localorg.schema.model import Field, SObject

HEADER = "ChangeEventHeader"
HIDDEN = frozenset(("Id", "IsDeleted", "SystemModstamp"))
PERSON_NAME = ("Salutation", "FirstName", "LastName")
LISTS = ("nulledFields", "diffFields", "changedFields")
ADDRESS = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude")
Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of an event: a field, or several that belong together under one name."""

    name: str
    kind: str
    members: tuple[tuple[str, Field], ...]

    @property
    def is_compound(self) -> bool:
        """Say whether the entry holds entries of its own."""
        return self.kind in {"Address", "PersonName"}

    def path(self, label: str) -> str:
        """Return the name under which the header speaks of a field."""
        return f"{self.name}.{label}" if self.is_compound else self.name


def _compound(owner: SObject, name: str, kind: str, prefix: str, labels: tuple[str, ...]) -> Part:
    found = [(label, owner.find(f"{prefix}{label}")) for label in labels]
    return Part(name, kind, tuple((label, field) for label, field in found if field is not None))


def _is_person(owner: SObject) -> bool:
    name = owner.name_field
    return name is not None and not name.createable and owner.find("LastName") is not None


def compounds(owner: SObject) -> list[Part]:
    """Return what an object's change events tell in nested form."""
    found = [
        _compound(owner, field.name, "Address", field.name.removesuffix("Address"), ADDRESS)
        for field in owner.fields.values()
        if field.type == "address"
    ]
    if _is_person(owner):
        found.append(_compound(owner, "Name", "PersonName", "", PERSON_NAME))
    return found


def change_parts(owner: SObject) -> list[Part]:
    """Return the entries of an object's change event behind its header."""
    nested = compounds(owner)
    by_name = {part.name: part for part in nested}
    inside = {field.name for part in nested for _label, field in part.members}
    parts = []
    for field in owner.fields.values():
        if field.name in by_name:
            parts.append(by_name[field.name])
        elif field.is_stored and field.name not in inside | HIDDEN:
            parts.append(Part(field.name, field.type, ((field.name, field),)))
    return parts


def event_parts(owner: SObject) -> list[Part]:
    """Return the entries of a platform event behind who made it and when."""
    return [
        Part(field.name, field.type, ((field.name, field),))
        for field in owner.fields.values()
        if field.custom
    ]


def told(field: Field, value: object) -> object:
    """Return a stored value the way an event tells it."""
    if value is None:
        return None
    if field.type == "boolean":
        return bool(value)
    if field.type == "datetime":
        return str(value).replace("+0000", "Z")
    return value


def body_of(parts: list[Part], values: dict[str, object], names: set[str]) -> Body:
    """Return the entries of these fields; what belongs together is nested."""
    body: Body = {}
    for part in parts:
        chosen = {
            label: told(field, values.get(field.name))
            for label, field in part.members
            if field.name in names
        }
        if chosen:
            body[part.name] = chosen if part.is_compound else next(iter(chosen.values()))
    return body


def paths_of(parts: list[Part], names: set[str]) -> list[str]:
    """Return the names under which the header lists fields."""
    return [
        part.path(label) for part in parts for label, field in part.members if field.name in names
    ]


def visible(owner: SObject, payload: Body) -> Body:
    """Return what of a change event may be told to someone who sees the object this far."""
    parts = {part.name: part for part in change_parts(owner)}
    paths = {part.path(label) for part in parts.values() for label, _field in part.members}
    told: Body = {}
    for name, value in payload.items():
        part = parts.get(name)
        if name == HEADER and isinstance(value, dict):
            lists = {each: [path for path in value[each] if path in paths] for each in LISTS}
            told[name] = {**value, **lists}
        elif part is not None and isinstance(value, dict):
            labels = {label for label, _field in part.members}
            told[name] = {label: each for label, each in value.items() if label in labels}
        elif part is not None:
            told[name] = value
    return told
