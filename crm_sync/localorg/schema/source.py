"""Finding metadata components in an SFDX source folder or in a deployed package."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import xml

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
FOLDERS = {
    "permissionsets": "PermissionSet",
    "settings": "Settings",
    "tabs": "CustomTab",
    "applications": "CustomApplication",
    "layouts": "Layout",
    "matchingRules": "MatchingRules",
    "duplicateRules": "DuplicateRule",
    "LeadConvertSettings": "LeadConvertSettings",
    "profiles": "Profile",
    "labels": "CustomLabels",
    "reports": "Report",
    "dashboards": "Dashboard",
    "flows": "Flow",
    "workflows": "Workflow",
    "approvalProcesses": "ApprovalProcess",
    "globalValueSets": "GlobalValueSet",
    "platformEventChannelMembers": "PlatformEventChannelMember",
    "platformEventChannels": "PlatformEventChannel",
    "managedEventSubscriptions": "ManagedEventSubscription",
    "classes": "ApexClass",
    "triggers": "ApexTrigger",
}


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
    folder = next((part for part in parts if part in FOLDERS), None)
    if folder is None or path.endswith(("package.xml", ".json", ".md")):
        return
    name = parts[-1].removesuffix("-meta.xml").rsplit(".", 1)[0]
    if FOLDERS[folder] == "MatchingRules":
        name = name.partition(".")[0]
    yield Component(FOLDERS[folder], name, body)


def read_folder(folder: Path) -> list[Component]:
    """Return every component below an SFDX project or source folder."""
    found: list[Component] = []
    for path in sorted(folder.rglob("*.xml")):
        try:
            found += of_file(path.relative_to(folder).as_posix(), path.read_bytes())
        except SalesforceError as error:
            raise SalesforceError(error.code, f"{path}: {error.message}") from error
    return found
