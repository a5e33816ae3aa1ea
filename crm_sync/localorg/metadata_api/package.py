"""Zips of metadata: what is inside, what is to be deleted."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.metadata_api.contents import Files, Key, place, whole
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import NESTED, Component, folder_or_item, of_file

MAX_FILES = 10_000
MAX_BYTES = 400 * 1024 * 1024
MAX_FILE = 64 * 1024 * 1024
IGNORED = ("package.xml", "destructivechanges.xml")
BROKEN = re.compile(r"line (\d+), column (\d+)")
# Kinds whose file tells by its name what is in it, so that a missing one can be named.
NAMED = frozenset(
    (
        *NESTED.values(),
        "CustomObject",
        "DuplicateRule",
        "GlobalValueSet",
        "MatchingRules",
        "PermissionSet",
        "Settings",
        "StandardValueSet",
    )
)
Place = tuple[int, int]


@dataclass(slots=True)
class Package:
    """The content of a deploy."""

    components: list[tuple[str, Component]] = field(default_factory=list)
    deletions: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)
    lists: dict[Key, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    contents: dict[Key, Files] = field(default_factory=dict)
    manifest: str = "package.xml"

    def place(self, file: str, name: str) -> Place:
        """Return the line and column where a component stands in its file."""
        body = self.files.get(file, b"").decode("utf-8", "replace")
        at = max(body.find(f"<fullName>{name.rpartition('.')[2]}</fullName>"), 0)
        return body.count("\n", 0, at) + 1, at - body.rfind("\n", 0, at)

    def takes(self, component: Component) -> bool:
        """Say whether an object is meant itself, and not only the file for its fields."""
        if component.kind != "CustomObject" or not self.named:
            return True
        return bool({("CustomObject", component.name), ("CustomObject", "*")} & set(self.named))

    def missing(self) -> list[tuple[str, str]]:
        """Return what the manifest names although no file brings it."""
        brought = {(component.kind, component.name) for _file, component in self.components}
        wanted = [each for each in self.named if each[0] in NAMED and each[1] != "*"]
        return [each for each in wanted if each not in brought]


def members(body: bytes) -> list[tuple[str, str]]:
    """Return the kinds and names that a manifest lists."""
    found = []
    for group in xml.children(xml.parse(body), "types"):
        kind = xml.text(group, "name")
        found += [(kind, (each.text or "").strip()) for each in xml.children(group, "members")]
    return found


def broken_place(problem: str) -> Place | None:
    """Return where a file cannot be read, if its problem says so."""
    found = BROKEN.search(problem)
    return (int(found.group(1)), int(found.group(2))) if found else None


def _entries(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            sizes = [info.file_size for info in infos]
            if len(infos) > MAX_FILES or sum(sizes) > MAX_BYTES or max(sizes, default=0) > MAX_FILE:
                raise SalesforceError("LIMIT_EXCEEDED", "The zip file is too large")
            return [(info.filename, archive.read(info)) for info in infos]
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise SalesforceError("INVALID_ZIP", f"The zip file cannot be read: {error}") from error


def read(content: bytes) -> Package:
    """Read a zip; files that cannot be understood are failures of their own."""
    package = Package()
    entries = _entries(content)
    before: list[tuple[str, str]] = []
    after: list[tuple[str, str]] = []
    is_listed = False
    for name, body in entries:
        last = name.rpartition("/")[2].lower()
        package.files[name] = body
        if last == "package.xml":
            is_listed, package.manifest = True, name
            package.named = members(body)
        elif last.startswith("destructivechanges"):
            wished = after if last.startswith("destructivechangespost") else before
            listed = [folder_or_item(*entry) for entry in members(body) if entry[1] != "*"]
            package.lists |= dict.fromkeys(listed, name)
            wished += listed
        elif last not in IGNORED and not last.startswith("."):
            _read_file(package, name, body)
    _put_together(package)
    if not is_listed:
        package.failures.append(("package.xml", "No package.xml found"))
    package.components = [each for each in package.components if package.takes(each[1])]
    # What is deleted first and brought along is there in the end.
    brought = {(component.kind, component.name) for _file, component in package.components}
    package.deletions = [each for each in before if each not in brought] + after
    return package


def _read_file(package: Package, name: str, body: bytes) -> None:
    try:
        for component in of_file(name, body):
            if component.path:
                key = (component.kind, component.name)
                package.contents.setdefault(key, {})[component.path] = body
            else:
                component.element()
                package.components.append((name, component))
    except SalesforceError as error:
        package.failures.append((name, error.message))


def _put_together(package: Package) -> None:
    """Add the components that consist of several files."""
    for key, files in package.contents.items():
        try:
            component = whole(key, files)
        except SalesforceError as error:
            package.failures.append((next(iter(files)), error.message))
            continue
        package.components.append((place(component, files), component))
