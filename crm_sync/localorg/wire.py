"""Forms of a call: XML instead of JSON, endings of addresses, methods in disguise."""

import re
from dataclasses import replace
from email.message import Message

from lxml import etree

from crm_sync.localorg import bodies
from crm_sync.localorg.messages import Answer, Call

XML, JSON = "application/xml", "application/json"
XML_TYPE = "application/xml;charset=UTF-8"
NIL = bodies.NIL
EXTENSION = re.compile(r"\.(json|xml)/?\Z")
# The value of an external id may end like a file.
KEYED = re.compile(r".*/sobjects/\w+/\w+/(?!describe|updated|deleted)[^/]+/?")
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"))
ROOTS = (
    (re.compile(r"/services/data/?\Z"), "Versions"),
    (re.compile(r"/services/data/v[\d.]+/?\Z"), "urls"),
    (re.compile(r".*/limits/?\Z"), "LimitsSnapshot"),
    (re.compile(r".*/(query|queryAll)(/[^/]+)?/?\Z"), "QueryResult"),
    (re.compile(r".*/(search|parameterizedSearch)/?\Z"), "SearchResults"),
    (re.compile(r".*/sobjects/?\Z"), "DescribeGlobal"),
    (re.compile(r".*/describe/?\Z"), "DescribeSObject"),
)
OBJECT = re.compile(r".*/sobjects/(\w+)")


def _disguised(call: Call) -> str:
    """Return the method that a client which knows only POST names in the address."""
    named = call.params().get("_HttpMethod", "").upper() if call.method == "POST" else ""
    return named if named in METHODS else call.method


def _wants_xml(call: Call) -> bool:
    """Say whether an answer is wanted as XML: by the first kind in the header that is offered."""
    best = (0.0, JSON)
    for part in call.header("accept").split(","):
        message = Message()
        message["content-type"] = part.strip() or "*/*"
        kind = message.get_content_type()
        kind = JSON if kind in {"*/*", "application/*", "text/plain"} else kind
        try:
            weight = float(str(message.get_param("q", "1")))
        except ValueError:
            weight = 0.0
        if kind in {XML, JSON} and weight > best[0]:
            best = (weight, kind)
    return best[1] == XML


def opened(call: Call) -> tuple[Call, bool]:
    """Return a call as its resource understands it, and whether it wants XML for an answer."""
    if not call.path.startswith("/services/data"):
        return call, False
    wants_xml, path = _wants_xml(call), call.path
    named = None if KEYED.fullmatch(path) else EXTENSION.search(path)
    if named is not None:
        wants_xml, path = named.group(1) == "xml", path[: named.start()]
    is_xml = call.header("content-type").partition(";")[0].strip().lower() in {XML, "text/xml"}
    parsed = bodies.read_xml(call.body) if is_xml and call.body else call.parsed
    return replace(call, method=_disguised(call), path=path, parsed=parsed), wants_xml


def _root_of(path: str) -> str:
    found = next((name for pattern, name in ROOTS if pattern.fullmatch(path)), "")
    owner = OBJECT.match(path)
    return found or (owner.group(1) if owner else "Result")


def _text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join(each for each in text if each >= " " or each in "\t\n\r")


def _add(parent: etree._Element, name: str, value: object) -> None:
    if isinstance(value, list):
        for each in value:
            _add(parent, name, each)
        return
    made = etree.SubElement(parent, name if re.match(r"[A-Za-z_][\w.-]*\Z", name) else "item")
    if value is None:
        made.set(NIL, "true")
    elif isinstance(value, dict):
        _fill(made, value)
    else:
        made.text = _text(value)


def _fill(parent: etree._Element, value: dict[str, object]) -> None:
    for name, each in value.items():
        if name == "attributes" and isinstance(each, dict):
            for key, word in each.items():
                parent.set(key, _text(word))
        else:
            _add(parent, name, each)


def as_xml(path: str, answer: Answer, *, created: bool) -> None:
    """Turn an answer into XML, in the names that the platform uses."""
    data = answer.data
    if answer.status >= 400:
        root, item = etree.Element("Errors"), "Error"
    else:
        root, item = etree.Element("Result" if created else _root_of(path)), "Item"
    if root.tag == "Versions":
        item = "Version"
    if isinstance(data, list):
        for each in data:
            _add(root, item, each)
    elif isinstance(data, dict):
        _fill(root, data)
    head = b'<?xml version="1.0" encoding="UTF-8"?>'
    answer.raw, answer.content_type = head + etree.tostring(root, encoding="UTF-8"), XML_TYPE
