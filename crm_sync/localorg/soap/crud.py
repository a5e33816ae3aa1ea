"""Metadata one by one: create, read, update, upsert, delete, rename."""

from collections.abc import Callable, Iterator

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call
from crm_sync.localorg.metadata_api import standard_fields
from crm_sync.localorg.metadata_api.deploy import apply
from crm_sync.localorg.metadata_api.outcome import Deploy
from crm_sync.localorg.metadata_api.package import Package
from crm_sync.localorg.metadata_api.renaming import rename
from crm_sync.localorg.metadata_api.retrieve import TAGS, object_file
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import Component, object_components
from crm_sync.localorg.soap.envelope import METADATA, XSI, Message, error_of

MOST = 10
Key = tuple[str, str]
Result = dict[str, object]


def _components(item: etree._Element) -> tuple[Key, list[Component]]:
    """Return what one element of a call stands for."""
    kind = item.get(f"{{{XSI}}}type", "").rpartition(":")[2]
    name = xml.text(item, "fullName")
    if not kind or not name:
        raise SalesforceError("INVALID_TYPE", "Every metadata needs a type and a fullName")
    body = etree.Element(f"{{{METADATA}}}{kind}", nsmap={None: METADATA})
    body.extend([each for each in item if xml.local(each) != "fullName" or kind in TAGS])
    text = etree.tostring(body)
    if kind == "CustomObject":
        return (kind, name), list(object_components(name, text))
    return (kind, name), [Component(kind, name, text)]


def _known(call: Call) -> set[Key]:
    found = {(each.kind, each.name) for each in call.org.components()}
    return found | {("CustomObject", each.name) for each in call.org.schema.objects.values()}


def _failed(name: str, error: SalesforceError) -> Result:
    return {"errors": [error_of(error)], "fullName": name, "success": False}


def _told(name: str, work: Callable[[], Deploy]) -> Result:
    """Return what came of a deploy, under the name it was asked for."""
    try:
        done = work()
    except SalesforceError as error:
        return _failed(name, error)
    if done.failures:
        problem = "; ".join(each.problem for each in done.failures)
        return _failed(name, SalesforceError("INVALID_FIELD_OR_REFERENCE", problem))
    return {"errors": [], "fullName": name, "success": True}


def _carry_out(call: Call, name: str, package: Package) -> Result:
    return _told(name, lambda: apply(call.org, package))


def _limited(items: list[etree._Element]) -> list[etree._Element]:
    if len(items) > MOST:
        raise SalesforceError("LIMIT_EXCEEDED", f"At most {MOST} at once")
    return items


def _check(key: Key, *, known: bool, must: bool | None) -> None:
    if must is True and not known:
        text = f"no {key[0]} named {key[1]} found"
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", text)
    if must is False and known:
        text = f"There is already a component named {key[1]}"
        raise SalesforceError("DUPLICATE_DEVELOPER_NAME", text)


def _save(call: Call, message: Message, *, must: bool | None) -> list[Result]:
    """Save each metadata; `must` says whether it has to be there before, or must not be."""
    found: list[Result] = []
    for item in _limited(xml.children(message.operation, "metadata")):
        name = xml.text(item, "fullName")
        try:
            key, components = _components(item)
            is_known = key in _known(call)
            _check(key, known=is_known, must=must)
        except SalesforceError as error:
            found.append({**_failed(name, error), "created": False})
            continue
        package = Package([(name, each) for each in components])
        found.append({"created": not is_known, **_carry_out(call, name, package)})
    return found


def _create(call: Call, message: Message) -> object:
    return _save(call, message, must=False)


def _update(call: Call, message: Message) -> object:
    return _save(call, message, must=True)


def _upsert(call: Call, message: Message) -> object:
    return _save(call, message, must=None)


def _names(message: Message) -> Iterator[Key]:
    kind = xml.text(message.operation, "type")
    for each in _limited(xml.children(message.operation, "fullNames")):
        yield kind, (each.text or "").strip()


def _delete(call: Call, message: Message) -> object:
    return [
        _carry_out(call, name, Package(deletions=[(kind, name)])) for kind, name in _names(message)
    ]


def _sorted(element: etree._Element) -> None:
    """Put parts into the order of the service description: the full name, then by name."""
    parts = [each for each in element if isinstance(each.tag, str)]
    for each in parts:
        element.remove(each)
        _sorted(each)
    element.extend(sorted(parts, key=lambda each: (xml.local(each) != "fullName", xml.local(each))))


def _shown(call: Call, kind: str, name: str) -> etree._Element | None:
    all_of = call.org.components()
    if kind == "CustomObject":
        own = ("CustomObject", *TAGS)
        found = [x for x in all_of if x.kind in own and x.name.partition(".")[0] == name]
        shown = xml.parse(object_file(found)) if found else None
    else:
        one = next((each for each in all_of if (each.kind, each.name) == (kind, name)), None)
        shown = one.element() if one is not None else None
        if shown is None and kind == "CustomField":
            shown = standard_fields.element_of(call.org, name, call.version, METADATA)
    if shown is None:
        return None
    for each in xml.children(shown, "fullName"):
        shown.remove(each)
    made = etree.Element(f"{{{METADATA}}}{kind}", nsmap={None: METADATA})
    etree.SubElement(made, f"{{{METADATA}}}fullName").text = name
    made.extend(list(shown))
    _sorted(made)
    return made


def _read(call: Call, message: Message) -> object:
    return {"records": [_shown(call, kind, name) for kind, name in _names(message)]}


def _describe_type(_call: Call, _message: Message) -> object:
    """Say what can be done with a kind of metadata; its parts are left open here."""
    able = ("apiCreatable", "apiDeletable", "apiReadable", "apiUpdatable")
    field = {"isForeignKey": False, "isNameField": True, "minOccurs": 1, "name": "fullName"}
    return {**dict.fromkeys(able, True), "valueTypeFields": [{**field, "soapType": "string"}]}


def _rename(call: Call, message: Message) -> object:
    kind = xml.text(message.operation, "type")
    old, new = (xml.text(message.operation, each) for each in ("oldFullName", "newFullName"))
    if kind == "CustomField":
        text = f"A {kind} holds data and cannot be renamed here"
        return _failed(old, SalesforceError("INVALID_OPERATION", text))
    if kind == "CustomObject":
        return _told(old, lambda: rename(call.org, old, new))
    found = (each for each in call.org.components() if (each.kind, each.name) == (kind, old))
    one = next(found, None)
    if one is None:
        text = f"no {kind} named {old} found"
        return _failed(old, SalesforceError("INVALID_CROSS_REFERENCE_KEY", text))
    package = Package([(new, Component(kind, new, one.body))], deletions=[(kind, old)])
    return _told(old, lambda: apply(call.org, package))


OPERATIONS = {
    "createMetadata": _create,
    "readMetadata": _read,
    "updateMetadata": _update,
    "upsertMetadata": _upsert,
    "deleteMetadata": _delete,
    "describeValueType": _describe_type,
    "renameMetadata": _rename,
}
