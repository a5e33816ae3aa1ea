"""Zips of metadata: what is inside, what is to be deleted."""

import io
import zipfile
from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import Component, of_file

MAX_FILES = 10_000
MAX_BYTES = 400 * 1024 * 1024
MAX_FILE = 64 * 1024 * 1024
IGNORED = ("package.xml", "destructivechanges.xml")


@dataclass(slots=True)
class Package:
    """The content of a deploy."""

    components: list[tuple[str, Component]] = field(default_factory=list)
    deletions: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)


def members(body: bytes) -> list[tuple[str, str]]:
    """Return the kinds and names that a manifest lists."""
    found = []
    for group in xml.children(xml.parse(body), "types"):
        kind = xml.text(group, "name")
        found += [(kind, (each.text or "").strip()) for each in xml.children(group, "members")]
    return found


def _entries(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            sizes = [info.file_size for info in infos]
            if len(infos) > MAX_FILES or sum(sizes) > MAX_BYTES or max(sizes, default=0) > MAX_FILE:
                raise SalesforceError("LIMIT_EXCEEDED", "The zip file is too large")
            return [(info.filename, archive.read(info)) for info in infos]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise SalesforceError("INVALID_ZIP", f"The zip file cannot be read: {error}") from error


def read(content: bytes) -> Package:
    """Read a zip; files that cannot be understood are failures of their own."""
    package = Package()
    entries = _entries(content)
    if not any(name.rpartition("/")[2] == "package.xml" for name, _body in entries):
        package.failures.append(("package.xml", "No package.xml found"))
    for name, body in entries:
        last = name.rpartition("/")[2].lower()
        if last.startswith("destructivechanges"):
            package.deletions += [entry for entry in members(body) if entry[1] != "*"]
        elif last not in IGNORED:
            _read_file(package, name, body)
    return package


def _read_file(package: Package, name: str, body: bytes) -> None:
    try:
        package.components += [(name, component) for component in of_file(name, body)]
    except SalesforceError as error:
        package.failures.append((name, error.message))
