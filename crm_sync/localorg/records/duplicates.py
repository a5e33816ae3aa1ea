"""Duplicate rules: which records look alike, and the answer that says so."""

import re
from collections.abc import Sequence

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Change, Context, SaveOptions, Values
from crm_sync.localorg.records.likeness import EXACT, FUNCTION
from crm_sync.localorg.schema.model import (
    DuplicateRule,
    MatchingRule,
    MatchItem,
    MatchUse,
    SObject,
)
from crm_sync.localorg.store.tables import quote

QUESTION = "Use one of these records?"
METHOD = re.compile(r"\w+\Z")
MOST_MATCHES = 10
Test = tuple[str, list[object]]


def _match(object_name: str, found: Values) -> dict[str, object]:
    url = f"/services/data/v67.0/sobjects/{object_name}/{found['Id']}"
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {"attributes": {"type": object_name, "url": url}, **found},
    }


def duplicate_error(
    entity: str,
    matches: Sequence[Values],
    *,
    allow_save: bool,
    rule: str = "",
    object_name: str = "",
    matching: MatchingRule | None = None,
    text: str = QUESTION,
) -> SalesforceError:
    """Return the refusal with the records that look alike."""
    target = object_name or entity
    records = [_match(target, found) for found in matches]
    result = {
        "allowSave": allow_save,
        "duplicateRule": rule or f"Standard_{entity}_Duplicate_Rule",
        "duplicateRuleEntityType": entity,
        "errorMessage": text,
        "matchResults": [
            {
                "entityType": target,
                "errors": [],
                "matchEngine": matching.engine if matching else "FuzzyMatchEngine",
                "matchRecords": records,
                "rule": matching.name if matching else f"Standard_{entity}_Match_Rule_v1_1",
                "size": len(records),
                "success": True,
            }
        ],
    }
    return SalesforceError("DUPLICATES_DETECTED", text, extra={"duplicateResult": result})


def _test(item: MatchItem, column: str, value: object) -> Test:
    """Return the SQL that compares one field."""
    if value is None or value == "":
        return (f"{column} IS NULL", []) if item.blanks else ("0", [])
    if item.method == EXACT:
        return f"COALESCE({column} = ?, 0)", [value]
    return f"{FUNCTION}('{item.method}', {column}, ?)", [value]


def _condition(rule: MatchingRule, tests: list[Test]) -> Test:
    """Join the tests as the rule's filter says; without one all have to hold."""
    words = rule.filter.replace("(", "( ").replace(")", " )").split() or _all_of(len(tests))
    sql: list[str] = []
    params: list[object] = []
    for word in words:
        if not word.isdigit():
            sql.append(word.upper())
        elif 1 <= int(word) <= len(tests):
            test, values = tests[int(word) - 1]
            sql.append(test)
            params += values
        else:
            sql.append("0")
    return " ".join(sql), params


def _all_of(count: int) -> list[str]:
    return " AND ".join(str(number) for number in range(1, count + 1)).split()


def _source(use: MatchUse, item: MatchItem) -> str:
    return dict(use.fields).get(item.field, item.field)


def _alike(ctx: Context, change: Change, use: MatchUse, rule: MatchingRule) -> list[Values]:
    """Return the live records that the matching rule takes for the same."""
    target = ctx.schema.find(rule.object)
    if target is None or not rule.items:
        return []
    tests = [
        _test(item, quote(field.name), change.new.get(_source(use, item)))
        for item in rule.items
        if (field := target.find(item.field)) is not None and METHOD.match(item.method)
    ]
    condition, params = _condition(rule, tests)
    names = ", ".join(quote(name) for name in _shown(target, rule, change.options))
    sql = f"SELECT {names} FROM {quote(target.name)} WHERE IsDeleted = 0 AND Id <> ?"
    return ctx.rows(f"{sql} AND ({condition}) LIMIT {MOST_MATCHES}", change.record_id, *params)


def _shown(target: SObject, rule: MatchingRule, options: SaveOptions) -> list[str]:
    """Return what the answer tells of each match: the id, or what was compared as well."""
    if not options.include_duplicate_details:
        return ["Id"]
    named = target.name_field.name if target.name_field is not None else "Id"
    compared = [field.name for item in rule.items if (field := target.find(item.field))]
    return list(dict.fromkeys(["Id", named, *compared, "CreatedDate", "LastModifiedDate"]))


def _applies(change: Change, rule: DuplicateRule) -> tuple[bool, bool]:
    if change.is_new:
        return rule.blocks_insert, rule.alerts_insert
    return rule.blocks_update, rule.alerts_update


def _concerns(change: Change, use: MatchUse, rule: MatchingRule) -> bool:
    """Say whether a save touches what the rule compares."""
    return any(change.changed(_source(use, item)) for item in rule.items)


def check_duplicates(ctx: Context, change: Change) -> None:
    """Refuse a record that looks like another one, as the org's rules say."""
    for rule in change.owner.duplicates.values():
        blocks, alerts = _applies(change, rule)
        if rule.is_active and (blocks or (alerts and not change.options.allow_duplicates)):
            _check_rule(ctx, change, rule, blocks=blocks)


def _check_rule(ctx: Context, change: Change, rule: DuplicateRule, *, blocks: bool) -> None:
    for use in rule.matches:
        matching = ctx.schema.matching.get(f"{use.object}.{use.rule}")
        if matching is None or not _concerns(change, use, matching):
            continue
        found = _alike(ctx, change, use, matching)
        if found:
            raise duplicate_error(
                change.owner.name,
                found,
                allow_save=not blocks,
                rule=rule.name,
                object_name=use.object,
                matching=matching,
                text=rule.alert_text,
            )
