"""Records of custom settings: who each is for."""

from crm_sync.localorg.records.context import Change, Context
from crm_sync.localorg.schema.special import HIERARCHY


def before_setting(ctx: Context, change: Change) -> None:
    """A record is for everybody unless a hierarchy says it is for a profile or a user."""
    if change.owner.setting != HIERARCHY or not change.new.get("SetupOwnerId"):
        change.new["SetupOwnerId"] = ctx.org_id
    if not change.new.get("Name"):
        change.new["Name"] = change.record_id
