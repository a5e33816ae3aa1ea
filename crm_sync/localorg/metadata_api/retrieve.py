"""Giving metadata back: listing, describing, zipping."""

import io
import sqlite3
import zipfile
from functools import cache
from typing import Any

from lxml import etree

from crm_sync.localorg.metadata_api import contents, inner
from crm_sync.localorg.metadata_api.package import members
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.kinds import kinds as known_kinds
from crm_sync.localorg.schema.model import CUSTOM
from crm_sync.localorg.schema.source import DESCRIPTION, FOLDERS, NESTED, Component, folder_or_item

SPACE = f"{{{contents.NAMESPACE}}}"
TAGS = {kind: tag for tag, kind in NESTED.items()}


def kinds() -> list[dict[str, Any]]:
    """Return the kinds of metadata the org knows."""
    return [
        {
            "xmlName": each.name,
            "directoryName": each.folder,
            "suffix": each.suffix or None,
            "inFolder": each.in_folder,
            "metaFile": each.has_content,
            "childXmlNames": list(each.parts),
        }
        for each in known_kinds().values()
    ]


@cache
def listable() -> frozenset[str]:
    """Return every kind that can be listed: those of files, and those that live inside them."""
    found = known_kinds()
    inside = {part for each in found.values() for part in each.parts}
    return frozenset(
        (*found, *inside, *TAGS, *inner.PARENT, *FOLDERS.values(), "EmailTemplateFolder")
    )


def file_of(component: Component) -> str:
    """Return the file of a package in which a component lives."""
    if component.kind == "CustomObject" or component.kind in TAGS:
        return f"objects/{component.name.partition('.')[0]}.object"
    kind = known_kinds().get(component.kind)
    for item, folder in FOLDERS.items():
        if component.kind == folder:
            return f"{known_kinds()[item].folder}/{component.name}{DESCRIPTION}"
    if component.kind in inner.PARENT:
        return file_of(Component(*inner.owner_of(component.kind, component.name), b""))
    if kind is None:
        return f"{component.kind.lower()}/{component.name}.xml"
    if kind.is_bundle or not kind.suffix:
        return f"{kind.folder}/{component.name}"
    return f"{kind.folder}/{component.name}.{kind.suffix}"


def wanted(component: Component, names: list[tuple[str, str]]) -> bool:
    """Say whether a manifest asks for a component."""
    owner = component.name.partition(".")[0]
    asked_for = (component.kind, component.name)
    asked = {asked_for, (component.kind, "*")}
    if component.kind == "Document":
        # The command line names documents without the end of their files.
        asked.add(("Document", component.name.rpartition(".")[0]))
    if component.kind in FOLDERS.values():
        asked |= {each for each in names if folder_or_item(*each) == asked_for}
    if component.kind in TAGS:
        is_custom = owner.endswith(CUSTOM)
        asked |= {("CustomObject", owner), *([("CustomObject", "*")] if is_custom else [])}
    return bool(asked & set(names))


def object_file(found: list[Component]) -> bytes:
    """Return an object with all its parts as one file."""
    whole = [each for each in found if each.kind == "CustomObject"]
    root = etree.Element(f"{SPACE}CustomObject", nsmap={None: contents.NAMESPACE})
    for component in whole:
        root.extend(component.element())
    for component in found:
        if component.kind == "CustomObject":
            continue
        made = etree.SubElement(root, f"{SPACE}{TAGS[component.kind]}")
        element = component.element()
        if not xml.text(element, "fullName"):
            name = etree.SubElement(made, f"{SPACE}fullName")
            name.text = component.name.partition(".")[2]
        made.extend(list(element))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _manifest(found: list[Component], version: str) -> bytes:
    root = etree.Element(f"{SPACE}Package", nsmap={None: contents.NAMESPACE})
    by_kind: dict[str, list[str]] = {}
    for component in found:
        by_kind.setdefault(component.kind, []).append(component.name)
    for kind, names in sorted(by_kind.items()):
        group = etree.SubElement(root, f"{SPACE}types")
        for name in sorted(names):
            etree.SubElement(group, f"{SPACE}members").text = name
        etree.SubElement(group, f"{SPACE}name").text = kind
    etree.SubElement(root, f"{SPACE}version").text = version
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def missing(org: Org, manifest: bytes, found: list[Component]) -> list[dict[str, str]]:
    """Return a message for each member that a manifest names and the org does not have."""
    there: set[inner.Key] = {(each.kind, each.name) for each in inner.with_parts(found)}
    there |= {("Document", name.rpartition(".")[0]) for kind, name in there if kind == "Document"}
    there |= {("CustomObject", each.name) for each in org.schema.objects.values()}
    return [
        {
            "fileName": "unpackaged/package.xml",
            "problem": f"Entity of type '{kind}' named '{name}' cannot be found",
        }
        for kind, name in members(manifest)
        if name != "*" and not {(kind, name), folder_or_item(kind, name)} & there
    ]


def has_files(component: Component) -> bool:
    """Say whether a component consists of several files."""
    kind = known_kinds().get(component.kind)
    return kind is not None and kind.has_files


def _parts(store: sqlite3.Connection, component: Component) -> contents.Files:
    """Return the files of a component; one that came alone may hold its content inside."""
    kept = contents.read(store, (component.kind, component.name))
    return kept or contents.apart(component, file_of(component))


def _asked(components: list[Component], names: list[inner.Key]) -> list[Component]:
    """Return what a manifest asks for; parts count where their whole is not asked for."""
    found = [each for each in components if wanted(each, names)]
    kinds_asked = {kind for kind, _name in names} & set(inner.PARENT)
    if kinds_asked:
        there = {(each.kind, each.name) for each in found}
        for each in components:
            if (each.kind, each.name) not in there:
                found += [part for part in inner.parts(each) if wanted(part, names)]
    return found


def _shown(org: Org, found: list[Component]) -> list[Component]:
    """Return what is written into a package: parts stand inside what they live in."""
    whole = [each for each in found if each.kind not in inner.PARENT]
    keys = {(each.kind, each.name) for each in found if each.kind in inner.PARENT}
    owners = {inner.owner_of(*key) for key in keys}
    homes = [each for each in org.components() if (each.kind, each.name) in owners]
    return whole + [inner.only(each, keys) for each in homes]


def zipped(
    org: Org, manifest: bytes, version: str, *, single: bool
) -> tuple[bytes, list[Component]]:
    """Return the wanted components as a package."""
    names = members(manifest)
    found = _asked(org.components(), names)
    shown = _shown(org, found)
    files: dict[str, list[Component]] = {}
    for component in shown:
        if not has_files(component):
            files.setdefault(file_of(component), []).append(component)
    head = "" if single else "unpackaged/"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, org.store.read() as store:
        for component in filter(has_files, found):
            for path, body in _parts(store, component).items():
                archive.writestr(head + path, body)
        for name, inside in sorted(files.items()):
            is_object = name.startswith("objects/")
            archive.writestr(head + name, object_file(inside) if is_object else inside[0].body)
        archive.writestr(f"{head}package.xml", _manifest(found, version))
    return buffer.getvalue(), found
