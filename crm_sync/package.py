"""The package of metadata that the shop brings for its org: its version, its bundle, its fit.

An org that was set up by an older or a much newer shop still answers every call, only some values
are missing or mean something else. So the package carries its version into the org, as a record
of custom metadata, and the doctor compares it with the version this shop was written for.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Self

from lxml import etree

from crm_sync.checks import Check
from crm_sync.client.org import Org
from crm_sync.surroundings import asked

PROJECT = Path(__file__).parent / "metadata"
SOURCE = PROJECT / "force-app" / "main" / "default"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
QUESTION = "SELECT Version__c FROM Shop_Package__mdt WHERE DeveloperName = 'Modern_Store'"
DEPLOY = "Deploy crm_sync/metadata/force-app, or the bundle that crm_package writes."
UPGRADE = "Upgrade the shop, or deploy the package that belongs to it."
WRITTEN = (2000, 1, 1, 0, 0, 0)  # one date for every file: equal sources give equal bundles


@dataclass(frozen=True, order=True, slots=True)
class Version:
    """A version of the package: parts that add are minor, parts that break are major."""

    major: int
    minor: int
    patch: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Understand `1.2.0` and the `1.2.0.NEXT` of a project file; ValueError otherwise."""
        found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(\.NEXT|\.\d+)?", text)
        if found is None:
            raise ValueError(f"{text!r} is no version of a package.")
        return cls(int(found[1]), int(found[2]), int(found[3]))

    def serves(self, needed: Self) -> bool:
        """Whether an org with this version has all that a shop written for `needed` uses."""
        return self.major == needed.major and self.minor >= needed.minor

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def shipped_version() -> Version:
    """Answer the version of the package in `crm_sync/metadata`: the one this shop needs."""
    project = json.loads((PROJECT / "sfdx-project.json").read_text())
    return Version.read(project["packageDirectories"][0]["versionNumber"])


def version_checks(org: Org) -> Iterator[Check]:
    """Whether the package in the org is one that this shop was written for.

    Orgs set up before packages had a version carry none; for them the checks of single fields,
    which follow anyway, have to do.
    """
    rows = asked(org, QUESTION)
    needed = shipped_version()
    if not rows:
        yield Check("package", True, f"the org names no version; this shop brings {needed}")
        return
    text = str(rows[0].get("Version__c") or "")
    try:
        installed = Version.read(text)
    except ValueError as error:
        yield Check("package", False, str(error), DEPLOY)
        return
    if installed.serves(needed):
        yield Check("package", True, f"version {installed}; this shop needs {needed}")
        return
    yield Check(
        "package",
        False,
        f"The org has version {installed} of the package, this shop needs {needed}.",
        DEPLOY if installed < needed else UPGRADE,
    )


def bundle() -> bytes:
    """Return the package as a zip in metadata format, as the Metadata API takes it.

    Unlike source format a metadata-format object is one file with all its parts inside.
    """
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_files()):
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    yield "package.xml", (PROJECT / "manifest" / "package.xml").read_bytes()
    for folder in sorted((SOURCE / "objects").iterdir()):
        yield f"objects/{folder.name}.object", _object(folder)
    for path in SOURCE.rglob("*-meta.xml"):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("objects/"):
            yield _bundled(name), path.read_bytes()


def _bundled(name: str) -> str:
    """The folder of reports is described beside it, by a file without a suffix of its own."""
    plain = name.removesuffix("-meta.xml")
    folder, _, suffix = plain.rpartition(".")
    return f"{folder}-meta.xml" if suffix.endswith("Folder") else plain


def _object(folder: Path) -> bytes:
    whole = folder / f"{folder.name}.object-meta.xml"
    root = (
        etree.parse(whole).getroot()
        if whole.exists()
        else etree.Element(f"{{{NAMESPACE}}}CustomObject", nsmap={None: NAMESPACE})
    )
    for path in sorted(folder.glob("*/*-meta.xml")):
        part = etree.parse(path).getroot()
        part.tag = f"{{{NAMESPACE}}}{path.parent.name}"
        root.append(part)
    root[:] = sorted(root, key=lambda part: part.tag)  # parts of one kind have to stand together
    etree.indent(root, space="    ")
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content
