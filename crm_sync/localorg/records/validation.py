"""Validation rules of the org's metadata."""

from crm_sync.localorg.records.context import Change, Context


def check_rules(_ctx: Context, _change: Change) -> None:
    """Refuse a record for which a rule's condition holds."""
