"""The standard objects, read from the tables in the data folder."""

import re
from dataclasses import replace
from pathlib import Path

from crm_sync.localorg.schema.model import Field, PickValue, SObject

DATA = Path(__file__).parent / "data"
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
LENGTHS = {
    "reference": 18,
    "id": 18,
    "picklist": 255,
    "email": 80,
    "phone": 40,
    "url": 255,
}
AUTO_NUMBERS = {
    "ContractNumber": "{00000000}",
    "OrderNumber": "{00000000}",
    "CaseNumber": "{00000000}",
    "OrderItemNumber": "{0000000000}",
}


def label_of(name: str) -> str:
    """Make a label out of an API name."""
    if name == "Id":
        return "Record ID"
    words = WORDS.sub(" ", name.removesuffix("__c").replace("_", " "))
    return re.sub(r"\bId\b", "ID", words.replace("2", ""))


def read_lines(name: str) -> list[str]:
    """Return the meaningful lines of a data table."""
    text = (DATA / name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


SYSTEM = """
Id id req ro lookup
IsDeleted boolean req ro
CreatedDate datetime req ro
CreatedById ref req ro -> User rel=CreatedBy
LastModifiedDate datetime req ro
LastModifiedById ref req ro -> User rel=LastModifiedBy
SystemModstamp datetime req ro
"""
OWNER = "OwnerId ref -> User rel=Owner"
QUEUED = "OwnerId ref -> User|Group rel=Owner"


def system_fields(*, owned: bool, queued: bool = False) -> list[Field]:
    """Return the fields that every object has."""
    lines = SYSTEM.strip().splitlines()
    if owned:
        lines.insert(2, QUEUED if queued else OWNER)
    return [read_field(line) for line in lines]


def _read_type(text: str) -> dict[str, object]:
    kind, _, size = text.partition(":")
    kind = "reference" if kind == "ref" else kind
    facts: dict[str, object] = {"type": kind, "length": LENGTHS.get(kind, 0)}
    if "," in size:
        whole, scale = size.split(",")
        facts |= {"precision": int(whole), "scale": int(scale)}
    elif size:
        facts["length"] = int(size)
    return facts


def _read_default(text: str) -> object:
    return {"true": True, "false": False}.get(text, float(text) if text.isdigit() else text)


FLAGS: dict[str, dict[str, object]] = {
    "req": {"required": True},
    "name": {"is_name": True},
    "ro": {"createable": False, "updateable": False},
    "createonly": {"updateable": False},
    "unique": {"unique": True},
    "ext": {"external_id": True},
    "lookup": {"id_lookup": True},
    "cascade": {"cascade": True},
    "restrict": {"restrict": True},
    "auto": {},
}


def _read_word(word: str, name: str) -> dict[str, object]:
    if word == "auto":
        return {"auto_number": AUTO_NUMBERS[name]}
    if word in FLAGS:
        return FLAGS[word]
    key, _, value = word.partition("=")
    if key == "":
        return {"default": _read_default(value)}
    return {{"rel": "relationship", "kids": "children"}[key]: value}


def read_field(line: str) -> Field:
    """Read one field line."""
    name, kind, *words = line.split()
    facts = _read_type(kind)
    if "->" in words:
        place = words.index("->")
        facts["refers"] = tuple(words[place + 1].split("|"))
        del words[place : place + 2]
    for word in words:
        facts |= _read_word(word, name)
    if facts["type"] == "boolean":
        facts.setdefault("default", False)
    if facts["type"] == "address":
        facts |= {"createable": False, "updateable": False}
    return Field(name, label_of(name), **facts)  # type: ignore[arg-type]


def read_object(line: str) -> SObject:
    """Read one object line."""
    head, tail = line[1:].split(" / ")
    name, prefix, label = head.split(" ", 2)
    known = {"owner", "queue", "nocreate", "noupdate", "nodelete", "setup"}
    words = tail.split()
    flags = {word for word in words if word in known}
    return SObject(
        name=name,
        prefix=prefix,
        label=label,
        plural=" ".join(word for word in words if word not in known),
        createable="nocreate" not in flags,
        updateable="noupdate" not in flags,
        deletable="nodelete" not in flags,
        setup="setup" in flags,
        owned=bool(flags & {"owner", "queue"}),
        queued="queue" in flags,
    )


def read_picklist(line: str) -> tuple[str, str, tuple[PickValue, ...], bool]:
    """Read one picklist line."""
    target, _, values = line.partition("=")
    object_name, field_name = target.strip().split(".")
    restricted = values.startswith("!")
    choices = [part.strip() for part in values.lstrip("!").split("|") if part.strip()]
    picks = tuple(
        PickValue(choice.lstrip("*"), choice.lstrip("*"), is_default=choice.startswith("*"))
        for choice in choices
    )
    return object_name, field_name, picks, restricted


def read_statuses() -> list[tuple[str, str, dict[str, object]]]:
    """Return the status records every org starts with: object, API name, facts."""
    rows = []
    for line in read_lines("statuses.txt"):
        name, value, facts = (part.strip() for part in line.split("|"))
        pairs = re.findall(r"(\w+)=(.*?)(?=\s+\w+=|\Z)", facts)
        rows.append((name, value, {key: _read_default(text) for key, text in pairs}))
    return rows


def _label(objects: dict[str, SObject]) -> None:
    """Give fields the labels that do not follow from their names."""
    for owner in objects.values():
        owner.add(replace(owner.fields["id"], label=f"{owner.label} ID"))
    for line in read_lines("labels.txt"):
        target, _, label = line.partition(" = ")
        name, field_name = target.split(".")
        field = objects[name].fields[field_name.lower()]
        objects[name].add(replace(field, label=label))


def read_objects(table: str) -> list[SObject]:
    """Return a fresh copy of the objects in a data table."""
    objects: list[SObject] = []
    for line in read_lines(table):
        if line.startswith("@"):
            current = read_object(line)
            objects.append(current)
            for each in system_fields(owned=current.owned, queued=current.queued):
                current.add(each)
        else:
            objects[-1].add(read_field(line))
    return objects


def standard_objects() -> list[SObject]:
    """Return a fresh copy of all standard objects."""
    objects = read_objects("objects.txt")
    by_name = {each.name: each for each in objects}
    _label(by_name)
    for line in read_lines("picklists.txt"):
        name, field_name, picks, restricted = read_picklist(line)
        field = by_name[name].fields[field_name.lower()]
        default = next((pick.value for pick in picks if pick.is_default), field.default)
        by_name[name].add(replace(field, picklist=picks, restricted=restricted, default=default))
    return objects
