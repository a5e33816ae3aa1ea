"""Matching rules and duplicate rules, read from their metadata."""

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import DuplicateRule, MatchingRule


def read_matching(element: etree._Element, owner: str) -> list[MatchingRule]:
    """Read the active matching rules of one object."""
    return [
        MatchingRule(
            xml.text(rule, "fullName"),
            owner,
            tuple(xml.text(item, "fieldName") for item in xml.children(rule, "matchingRuleItems")),
        )
        for rule in xml.children(element, "matchingRules")
        if xml.text(rule, "ruleStatus", "Active") == "Active"
    ]


def read_duplicate(element: etree._Element, name: str) -> DuplicateRule:
    """Read one duplicate rule."""
    on_insert = {(each.text or "").strip() for each in xml.children(element, "operationsOnInsert")}
    on_update = {(each.text or "").strip() for each in xml.children(element, "operationsOnUpdate")}
    matches = tuple(
        (xml.text(each, "matchRuleSObjectType"), xml.text(each, "matchingRule"))
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
