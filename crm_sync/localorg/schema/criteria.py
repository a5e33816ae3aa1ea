"""Conditions of approval processes, lookup filters, list views and workflow rules, as read."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import xml

WORD = re.compile(r"\d+|\band\b|\bor\b|\bnot\b|[()]")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a field with a value or with another field."""

    field: str
    operation: str
    value: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Conditions joined by AND unless a filter says otherwise, or a formula."""

    items: tuple[Condition, ...] = ()
    logic: str = ""
    formula: str = ""


ALWAYS = Criteria()


def read_logic(source: str, count: int) -> str:
    """Return how conditions are joined, in a form that can be worked out; nothing means AND."""
    found = WORD.findall(source.lower())
    numbers = {int(word) for word in found if word.isdigit()}
    try:
        ast.parse(" ".join(found) or "1", mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise SalesforceError("INVALID_FIELD", f"wrong filter {source}") from error
    if numbers and not numbers <= set(range(1, count + 1)):
        raise SalesforceError("INVALID_FIELD", f"wrong filter {source}")
    return " ".join(found)


def read_items(entries: Iterable[etree._Element], logic: str) -> Criteria:
    """Read conditions and how they are joined."""
    items = tuple(
        Condition(
            xml.text(each, "field"),
            xml.text(each, "operation", "equals"),
            xml.text(each, "value"),
            xml.text(each, "valueField"),
        )
        for each in entries
    )
    return Criteria(items, read_logic(logic, len(items)))


def read(element: etree._Element | None) -> Criteria:
    """Read the criteria that an element holds; one that is not there is always met."""
    if element is None:
        return ALWAYS
    formula = xml.text(element, "formula")
    if formula:
        return Criteria(formula=formula)
    entries = xml.children(element, "criteriaItems")
    return read_items(entries, xml.text(element, "booleanFilter"))


def joined(logic: str, results: list[bool]) -> bool:
    """Return whether conditions hold together."""
    if not logic:
        return all(results)

    def value(node: ast.expr) -> bool:
        if isinstance(node, ast.BoolOp):
            parts = (value(each) for each in node.values)
            return any(parts) if isinstance(node.op, ast.Or) else all(parts)
        if isinstance(node, ast.UnaryOp):
            return not value(node.operand)
        return isinstance(node, ast.Constant) and results[int(str(node.value)) - 1]

    return value(ast.parse(logic, mode="eval").body)
