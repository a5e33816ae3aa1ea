"""The answer that a duplicate rule gives."""

from collections.abc import Sequence

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Change, Context, SaveOptions
from crm_sync.localorg.schema.model import DuplicateRule, MatchingRule
from crm_sync.localorg.store.tables import quote


def duplicate_error(
    object_name: str,
    matches: Sequence[str],
    options: SaveOptions,
    *,
    allow_save: bool,
    rule: str = "",
    matching_rule: str = "",
    text: str = "Use one of these records?",
) -> SalesforceError:
    """Return the refusal with the records that look alike."""
    records = [
        {
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {
                "attributes": {
                    "type": object_name,
                    "url": f"/services/data/v67.0/sobjects/{object_name}/{match}",
                },
                "Id": match,
            },
        }
        for match in matches
    ]
    result = {
        "allowSave": allow_save,
        "duplicateRule": rule or f"Standard_{object_name}_Duplicate_Rule",
        "duplicateRuleEntityType": object_name,
        "errorMessage": text,
        "matchResults": [
            {
                "entityType": object_name,
                "errors": [],
                "matchEngine": "FuzzyMatchEngine",
                "matchRecords": records if options.include_duplicate_details else [],
                "rule": matching_rule or f"Standard_{object_name}_Match_Rule_v1_1",
                "size": len(records),
                "success": True,
            }
        ],
    }
    return SalesforceError(
        "DUPLICATES_DETECTED",
        "Use one of these records?",
        extra={"duplicateResult": result},
    )


def _alike(ctx: Context, change: Change, rule: MatchingRule) -> list[str]:
    """Return the live records whose matching fields all have the same, filled values."""
    values = [change.new.get(name) for name in rule.fields]
    if not rule.fields or any(value is None or value == "" for value in values):
        return []
    if ctx.schema.find(rule.object) is None:
        return []
    tests = " AND ".join(f"{quote(name)} = ?" for name in rule.fields)
    sql = f"SELECT Id FROM {quote(rule.object)} WHERE {tests} AND IsDeleted = 0 AND Id <> ?"
    rows = ctx.connection().execute(f"{sql} LIMIT 10", (*values, change.record_id))
    return [row[0] for row in rows]


def _applies(change: Change, rule: DuplicateRule) -> tuple[bool, bool]:
    if change.is_new:
        return rule.blocks_insert, rule.alerts_insert
    return rule.blocks_update, rule.alerts_update


def check_duplicates(ctx: Context, change: Change) -> None:
    """Refuse a record that looks like another one, as the org's rules say."""
    for rule in change.owner.duplicates.values():
        blocks, alerts = _applies(change, rule)
        wanted = blocks or (alerts and not change.options.allow_duplicates)
        if not rule.is_active or not wanted:
            continue
        for object_name, name in rule.matches:
            matching = ctx.schema.matching.get(f"{object_name}.{name}")
            found = _alike(ctx, change, matching) if matching is not None else []
            if found:
                raise duplicate_error(
                    object_name,
                    found,
                    change.options,
                    allow_save=not blocks,
                    rule=rule.name,
                    matching_rule=name,
                    text=rule.alert_text,
                )
