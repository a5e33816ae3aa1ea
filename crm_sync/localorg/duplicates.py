"""The answer that a duplicate rule gives."""

from collections.abc import Sequence

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import SaveOptions


def duplicate_error(
    object_name: str,
    matches: Sequence[str],
    options: SaveOptions,
    *,
    allow_save: bool,
    rule: str = "",
    matching_rule: str = "",
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
        "errorMessage": "Use one of these records?",
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
