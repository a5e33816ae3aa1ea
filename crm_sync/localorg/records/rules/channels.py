"""Push topics and streaming channels: records whose names are channels."""

import re

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.rules.common import number, refuse
from crm_sync.localorg.soql import pushed
from crm_sync.localorg.soql.scope import Environment

OLDEST_VERSION = 20.0
MOST_TOPICS = 100
MOST_CHANNELS = 1000
TOPIC_NAME = re.compile(r"[A-Za-z0-9_\-]+")
CHANNEL_NAME = re.compile(r"/u/[A-Za-z0-9_/]*[A-Za-z0-9_]")
OPERATIONS = ("Create", "Update", "Delete", "Undelete")


def _check_number(ctx: Context, change: Change, most: int) -> None:
    if not change.is_new:
        return
    count = ctx.value(f'SELECT COUNT(*) FROM "{change.owner.name}" WHERE IsDeleted = 0')
    if number(count) >= most:
        message = f"You have reached the maximum number of {change.owner.plural.lower()}: {most}"
        raise refuse("LIMIT_EXCEEDED", message)


def _operations(row: Values) -> str:
    """Return the older word for the operations that a topic tells of."""
    wanted = {each for each in OPERATIONS if row.get(f"NotifyForOperation{each}")}
    words = {frozenset(("Create", "Update")): "All", frozenset(("Create",)): "Create"}
    words[frozenset(("Update",))] = "Update"
    return words.get(frozenset(wanted), "Extended")


def _check_fields(watched: pushed.Watched, which: str) -> None:
    """Refuse a topic that no change of a field could ever set off."""
    selected, tested = watched.selected - {"Id"}, watched.tested - {"Id"}
    lacks = {
        "Select": ("SELECT", not selected),
        "Where": ("WHERE", not tested),
        "Referenced": ("SELECT or WHERE", not selected and not tested),
    }
    clause, is_lacking = lacks.get(which, ("", False))
    if is_lacking:
        message = f"The {clause} clause must contain at least one field other than Id"
        raise SalesforceError("INVALID_FIELD", message)


def before_topic(ctx: Context, change: Change) -> None:
    """A push topic has a name that fits into an address, and a statement that can be watched."""
    row = change.new
    if not TOPIC_NAME.fullmatch(str(row.get("Name"))):
        message = "The name may hold letters, digits, underscores and hyphens only"
        raise refuse("INVALID_FIELD", message, "Name")
    if number(row.get("ApiVersion")) <= OLDEST_VERSION:
        message = f"The API version must be greater than {OLDEST_VERSION}"
        raise refuse("INVALID_FIELD", message, "ApiVersion")
    today = clock.now().astimezone(ctx.zone).date()
    schema = ctx.schema if change.options.system else ctx.view.schema
    env = Environment(schema, str(row.get("Query")), today, ctx.zone, ctx.schema)
    try:
        _check_fields(pushed.compiled(env)[2], str(row.get("NotifyForFields")))
    except SalesforceError as error:
        raise SalesforceError(error.code, error.message, ["Query"]) from error
    row["NotifyForOperations"] = _operations(row)
    _check_number(ctx, change, MOST_TOPICS)


def before_channel(ctx: Context, change: Change) -> None:
    """A streaming channel is named like an address below /u/."""
    if not CHANNEL_NAME.fullmatch(str(change.new.get("Name"))):
        message = "Channel name must start with '/u/' and contain only letters, digits, '_' and '/'"
        raise refuse("INVALID_FIELD", message, "Name")
    _check_number(ctx, change, MOST_CHANNELS)
