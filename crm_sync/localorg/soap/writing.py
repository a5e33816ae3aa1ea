"""Answers in the order and with the names that the service description promises."""

import base64
from collections.abc import Callable
from typing import Any

from lxml import etree

from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soap.contract import PLAIN, Contract, Part
from crm_sync.localorg.soap.envelope import ENTERPRISE, SOBJECTS, XSI

NIL = f"{{{XSI}}}nil"
KIND = f"{{{XSI}}}type"
EMPTY = {"boolean": "false", "int": "0", "double": "0.0"}


def text_of(value: object, kind: str = "") -> str:
    """Return a plain value as it is sent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text.replace("+0000", "Z") if kind.lower() == "datetime" else text


class Writer:
    """Writes values into an answer of one service."""

    def __init__(
        self, contract: Contract, schema: Schema, namespace: str, file_of: Callable[[str], bytes]
    ) -> None:
        self.contract = contract
        self.file_of = file_of
        self.schema = schema
        self.namespace = namespace
        self.sobject = SOBJECTS.get(namespace, "")

    def put(self, parent: etree._Element, part: Part, value: object) -> None:
        """Append what a part of a type holds."""
        if part.many:
            for each in value if isinstance(value, list) else []:
                self._one(parent, part, each)
        elif value is not None or part.nil or not part.optional:
            self._one(parent, part, value)

    def _one(self, parent: etree._Element, part: Part, value: object) -> None:
        made = etree.SubElement(parent, f"{{{self.namespace}}}{part.name}")
        if value is None and (part.nil or part.type not in PLAIN):
            made.set(NIL, "true")
        elif part.type == "sObject" and isinstance(value, dict):
            self.record(made, value)
        elif etree.iselement(value):
            self._metadata(made, value)
        elif isinstance(value, dict):
            for inner in self.contract.parts(part.type):
                self.put(made, inner, value.get(inner.name))
        elif value is None:
            made.text = EMPTY.get(part.type, "")
        else:
            if part.type == "anyType":
                made.set(KIND, f"xsd:{'boolean' if isinstance(value, bool) else 'string'}")
            made.text = text_of(value, part.type)

    @staticmethod
    def _metadata(made: etree._Element, value: Any) -> None:
        made.set(KIND, etree.QName(value).localname)
        made.extend(list(value))

    def record(self, made: etree._Element, record: dict[str, object]) -> None:
        """Fill an element with a record."""
        attributes = record.get("attributes")
        kind = str(attributes["type"]) if isinstance(attributes, dict) else ""
        if self.namespace == ENTERPRISE:
            made.set(KIND, f"sf:{kind}")
        else:
            made.set(KIND, "sf:sObject")
            etree.SubElement(made, f"{{{self.sobject}}}type").text = kind
        self._field(made, "Id", record.get("Id"), "id")
        owner = self.schema.find(kind)
        names = [name for name in record if name not in {"attributes", "Id"}]
        # Typed records follow the order of their description, which is that of the alphabet.
        for name in sorted(names) if self.namespace == ENTERPRISE else names:
            field = owner.find(name) if owner else None
            self._field(made, name, record[name], field.type if field else "")

    def _field(self, parent: etree._Element, name: str, value: object, kind: str) -> None:
        made = etree.SubElement(parent, f"{{{self.sobject}}}{name}")
        if value is None:
            made.set(NIL, "true")
        elif isinstance(value, dict) and "records" in value:
            made.set(KIND, "QueryResult")
            self._children(made, value)
        elif isinstance(value, dict) and "attributes" in value:
            self.record(made, value)
        elif isinstance(value, dict):
            self._address(made, value)
        elif kind == "base64":
            # A query knows where the file lies; over SOAP the file itself is sent.
            made.text = base64.b64encode(self.file_of(str(value).split("/")[-2])).decode()
        else:
            made.text = text_of(value, kind)

    def _address(self, made: etree._Element, value: dict[str, Any]) -> None:
        if self.namespace == ENTERPRISE:
            for inner in self.contract.parts("address"):
                self.put(made, inner, value.get(inner.name))
            return
        made.set(KIND, "sf:address")
        for inner in self.contract.parts("address"):
            self._field(made, inner.name, value.get(inner.name), inner.type)

    def _children(self, made: etree._Element, value: dict[str, object]) -> None:
        following = str(value.get("nextRecordsUrl", "")).rpartition("/")[2]
        content = {**value, "queryLocator": following or None, "size": value["totalSize"]}
        for part in self.contract.parts("QueryResult"):
            self.put(made, part, content.get(part.name))
