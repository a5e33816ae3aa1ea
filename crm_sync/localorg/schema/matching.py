"""Matching rules, duplicate rules and the mapping of leads, read from their metadata."""

import ast
import re

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import DuplicateRule, MatchingRule, MatchItem, MatchUse

NUMBER_OR_WORD = re.compile(r"\b\d{1,2}\b|\band\b|\bor\b|[()]")


def read_matching(element: etree._Element, owner: str) -> list[MatchingRule]:
    """Read the active matching rules of one object."""
    return [
        MatchingRule(
            xml.text(rule, "fullName"),
            owner,
            tuple(
                MatchItem(
                    xml.text(item, "fieldName"),
                    xml.text(item, "matchingMethod", "Exact"),
                    xml.text(item, "blankValueBehavior") == "MatchBlanks",
                )
                for item in xml.children(rule, "matchingRuleItems")
            ),
            _filter(rule, owner),
        )
        for rule in xml.children(element, "matchingRules")
        if xml.text(rule, "ruleStatus", "Active") == "Active"
    ]


def _filter(rule: etree._Element, owner: str) -> str:
    """Return how the items are joined; numbers, AND, OR and parentheses in a sensible order."""
    source = xml.text(rule, "booleanFilter")
    words = NUMBER_OR_WORD.findall(source.lower())
    try:
        ast.parse(" ".join(words) or "1", mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        name = xml.text(rule, "fullName")
        raise SalesforceError("INVALID_FIELD", f"{owner}.{name}: wrong filter {source}") from error
    return " ".join(words)


def _mapping(element: etree._Element) -> tuple[tuple[str, str], ...]:
    """Return which field of the new record stands for which of the matched one."""
    mapping = xml.child(element, "objectMapping")
    fields = xml.children(mapping, "mappingFields") if mapping is not None else []
    return tuple((xml.text(each, "outputField"), xml.text(each, "inputField")) for each in fields)


def read_duplicate(element: etree._Element, name: str) -> DuplicateRule:
    """Read one duplicate rule."""
    on_insert = {(each.text or "").strip() for each in xml.children(element, "operationsOnInsert")}
    on_update = {(each.text or "").strip() for each in xml.children(element, "operationsOnUpdate")}
    matches = tuple(
        MatchUse(
            xml.text(each, "matchRuleSObjectType"), xml.text(each, "matchingRule"), _mapping(each)
        )
        for each in xml.children(element, "duplicateRuleMatchRules")
    )
    return DuplicateRule(
        name,
        xml.text(element, "masterLabel") or name,
        xml.text(element, "alertText") or "Use one of these records?",
        xml.flag(element, "isActive"),
        xml.text(element, "actionOnInsert") == "Block",
        xml.text(element, "actionOnUpdate") == "Block",
        "Alert" in on_insert,
        "Alert" in on_update,
        matches,
    )


def read_conversion(element: etree._Element) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return, for each object, which lead field fills which of its fields when converting."""
    return {
        xml.text(mapping, "outputObject"): tuple(
            (xml.text(each, "inputField"), xml.text(each, "outputField"))
            for each in xml.children(mapping, "mappingFields")
        )
        for mapping in xml.children(element, "objectMapping")
    }
