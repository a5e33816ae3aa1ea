"""Finding metadata components in an SFDX source folder or in a deployed package."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.kinds import kind_at

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
# Of what has a file of its own beside its metadata, only code is kept.
WITH_CONTENT = frozenset(("ApexClass", "ApexTrigger"))


@dataclass(frozen=True, slots=True)
class Component:
    """One piece of metadata under its full name."""

    kind: str
    name: str
    body: bytes

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
    is_page = path.endswith(".md") and "customMetadata" not in parts
    if not is_page and not path.endswith(("package.xml", ".json")):
        yield from _alone(parts, body)


def _alone(parts: list[str], body: bytes) -> Iterator[Component]:
    """Yield the component of a file that holds nothing but that."""
    stem, _, suffix = parts[-1].removesuffix("-meta.xml").rpartition(".")
    for place, folder in enumerate(parts[:-1]):
        kind = kind_at(folder, suffix)
        if kind is None or kind.is_bundle or (kind.has_content and kind.name not in WITH_CONTENT):
            continue
        name = stem or suffix
        if kind.name == "MatchingRules":
            name = name.partition(".")[0]
        if kind.in_folder:
            name = "/".join([*parts[place + 1 : -1], name])
        yield Component(kind.name, name, body)
        return


def read_folder(folder: Path) -> list[Component]:
    """Return every component below an SFDX project or source folder."""
    found: list[Component] = []
    for path in sorted(folder.rglob("*.xml")):
        try:
            found += of_file(path.relative_to(folder).as_posix(), path.read_bytes())
        except SalesforceError as error:
            raise SalesforceError(error.code, f"{path}: {error.message}") from error
    return found
