"""What follows by itself when a record was saved: assignment rules, then workflow rules."""

from dataclasses import replace

from crm_sync.localorg.records import save
from crm_sync.localorg.records.approvals import Updater
from crm_sync.localorg.records.context import Change, Context
from crm_sync.localorg.records.criteria import Judge
from crm_sync.localorg.schema.automation import ON_CHANGES, ON_CREATE, AssignmentRule, WorkflowRule

SAVED = frozenset(("CREATE", "UPDATE"))
QUEUE = "SELECT Id FROM \"Group\" WHERE DeveloperName = ? AND Type = 'Queue' AND IsDeleted = 0"
USER = "SELECT Id FROM User WHERE Username = ?"
RULE = "SELECT name FROM _settled WHERE object = 'AssignmentRule' AND id = ?"
ACTIVE = "true"


def follow(ctx: Context, kind: str, change: Change) -> None:
    """Carry out what the metadata say about a saved record."""
    if kind not in SAVED:
        return
    known = ctx.schema.automations[change.owner.name]
    rule = _assignment(ctx, change, known.assignments)
    if rule is not None:
        _assign(ctx, change, rule)
    found = [each for each in known.rules.values() if each.is_active and _fires(ctx, each, change)]
    updater = Updater(ctx, change.options)
    for each in found:
        updater.run(change.owner, change.record_id, each.updates)


def _judge(ctx: Context, change: Change) -> Judge:
    row = ctx.row(change.owner.name, change.record_id) or change.new
    return Judge(ctx, change.owner, row, change.options.user_id)


def _fires(ctx: Context, rule: WorkflowRule, change: Change) -> bool:
    if change.old is not None and rule.trigger == ON_CREATE:
        return False
    meets = _judge(ctx, change).meets(rule.criteria, change.old, is_new=change.is_new)
    if change.old is None or rule.trigger == ON_CHANGES or rule.criteria.formula:
        return meets
    before = Judge(ctx, change.owner, change.old, change.options.user_id)
    return meets and not before.meets(rule.criteria)


def _assignment(
    ctx: Context, change: Change, rules: dict[str, AssignmentRule]
) -> AssignmentRule | None:
    """Return the rule that the request wishes: the active one, or one by its id."""
    wish = change.options.assign
    if not wish:
        return None
    if wish == ACTIVE:
        return next((each for each in rules.values() if each.is_active), None)
    name = str(ctx.value(RULE, wish) or "")
    return rules.get(name.partition(".")[2])


def _assign(ctx: Context, change: Change, rule: AssignmentRule) -> None:
    judge = _judge(ctx, change)
    entry = next((each for each in rule.entries if judge.meets(each.criteria)), None)
    if entry is None or not entry.assignee:
        return
    owner = ctx.value(QUEUE if entry.kind == "Queue" else USER, entry.assignee)
    if owner and owner != judge.row.get("OwnerId"):
        options = replace(change.options, system=True)
        save.update(ctx, change.owner, change.record_id, {"OwnerId": owner}, options)
