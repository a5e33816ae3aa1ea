"""Finding metadata components in an SFDX source folder or in a deployed package."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.kinds import Kind, kind_at

NESTED = {
    "fields": "CustomField",
    "recordTypes": "RecordType",
    "businessProcesses": "BusinessProcess",
    "validationRules": "ValidationRule",
    "listViews": "ListView",
    "compactLayouts": "CompactLayout",
    "webLinks": "WebLink",
    "fieldSets": "FieldSet",
}
DESCRIPTION = "-meta.xml"
FOLDERS = {
    "Dashboard": "DashboardFolder",
    "Document": "DocumentFolder",
    "EmailTemplate": "EmailFolder",
    "Report": "ReportFolder",
}
NO_METADATA = ("package.xml", ".json", ".md")
# Bundles that lie one folder deeper than others, below the kind of what they are.
DEEP_BUNDLES = frozenset(("DigitalExperienceBundle",))


@dataclass(frozen=True, slots=True)
class Component:
    """One piece of metadata under its full name."""

    kind: str
    name: str
    body: bytes
    # The place in a package of one file, where a component consists of several.
    path: str = ""

    def element(self) -> etree._Element:
        """Return the parsed body."""
        try:
            return xml.parse(self.body)
        except SalesforceError as error:
            message = f"{self.kind} {self.name}: {error.message}"
            raise SalesforceError(error.code, message) from error


def object_components(name: str, body: bytes) -> Iterator[Component]:
    """Yield an object and each of its parts as components of their own."""
    root = xml.parse(body)
    nested = [each for each in root if isinstance(each.tag, str) and xml.local(each) in NESTED]
    for each in nested:
        root.remove(each)
    yield Component("CustomObject", name, etree.tostring(root))
    for each in nested:
        kind = NESTED[xml.local(each)]
        yield Component(kind, f"{name}.{xml.text(each, 'fullName')}", etree.tostring(each))


def _from_object_folder(parts: list[str], body: bytes) -> Iterator[Component]:
    if len(parts) == 3 and parts[1] in NESTED:
        name = parts[2].split(".")[0]
        yield Component(NESTED[parts[1]], f"{parts[0]}.{name}", body)
    else:
        yield from object_components(parts[-1].split(".object")[0], body)


def of_file(path: str, body: bytes) -> Iterator[Component]:
    """Yield the components inside one file, whatever format the project is in."""
    parts = path.replace("\\", "/").split("/")
    if "objects" in parts:
        yield from _from_object_folder(parts[parts.index("objects") + 1 :], body)
        return
    yield from _alone(parts, body)


def _alone(parts: list[str], body: bytes) -> Iterator[Component]:
    """Yield the component of a file that holds nothing but that, or a part of it."""
    stem, _, suffix = parts[-1].removesuffix(DESCRIPTION).rpartition(".")
    for place, folder in enumerate(parts[:-1]):
        kind = kind_at(folder, suffix)
        if kind is None:
            continue
        inside = parts[place + 1 :]
        if kind.name in FOLDERS and _is_folder(inside[-1]):
            name = inside[-1].removesuffix(DESCRIPTION).partition(".")[0]
            yield Component(FOLDERS[kind.name], "/".join([*inside[:-1], name]), body)
            return
        if kind.has_files:
            yield from _one_of_several(kind, inside, body)
            return
        if suffix == kind.suffix or not parts[-1].endswith(NO_METADATA):
            yield _simple(kind, inside, stem or suffix, body)
        return


def _is_folder(file: str) -> bool:
    """Say whether a file describes a folder: it ends like that, or in nothing but `-meta.xml`."""
    name = file.removesuffix(DESCRIPTION)
    ends_so = name.endswith("Folder") and "." in name
    return name != file and (ends_so or "." not in name)


def folder_or_item(kind: str, name: str) -> tuple[str, str]:
    """Return what a manifest means: a name without a slash is that of a folder."""
    return (FOLDERS[kind], name) if kind in FOLDERS and "/" not in name else (kind, name)


def _simple(kind: Kind, inside: list[str], name: str, body: bytes) -> Component:
    """Return the component that is one file."""
    if kind.name == "MatchingRules":
        name = name.partition(".")[0]
    if kind.in_folder:
        name = "/".join([*inside[:-1], name])
    return Component(kind.name, name, body)


def _one_of_several(kind: Kind, inside: list[str], body: bytes) -> Iterator[Component]:
    """Yield one file of a component that consists of several: its description or its content."""
    path = "/".join([kind.folder, *inside])
    depth = 2 if kind.name in DEEP_BUNDLES else 1
    if kind.is_bundle and len(inside) > depth:
        yield Component(kind.name, "/".join(inside[:depth]), body, path)
    elif kind.suffix or not kind.is_bundle:
        last = inside[-1].removesuffix(DESCRIPTION).removesuffix(f".{kind.suffix}")
        name = "/".join([*inside[:-1], last]) if kind.in_folder else last
        yield Component(kind.name, name, body, path)


def read_folder(folder: Path) -> list[Component]:
    """Return every component below an SFDX project or source folder."""
    found: list[Component] = []
    for path in sorted(folder.rglob("*.xml")):
        try:
            parts = of_file(path.relative_to(folder).as_posix(), path.read_bytes())
            found += [each for each in parts if not each.path or path.name.endswith(DESCRIPTION)]
        except SalesforceError as error:
            raise SalesforceError(error.code, f"{path}: {error.message}") from error
    return found
