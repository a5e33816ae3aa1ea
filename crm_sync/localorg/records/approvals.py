"""Approvals: who has to decide about a record, and what follows from it."""

from dataclasses import replace

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Context, SaveOptions, Values
from crm_sync.localorg.records.criteria import Judge
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.schema.processes import Process, Step, Update

ADHOC = "adhoc"
# What an object without any approval process of its own goes through.
OPEN = Process("", "", "", steps=(Step("", "", approvers=((ADHOC, ""),)),))
FIELDS = {"creator": "CreatedById", "owner": "OwnerId"}
NEXT = ("NextValue", "PreviousValue")


def refused(code: str, message: str, *fields: str) -> SalesforceError:
    """Return the refusal of a request."""
    return SalesforceError(code, message, list(fields))


def chosen(ctx: Context, judge: Judge, named: str, *, skip: bool) -> Process:
    """Return the process that a record goes through, by its name or by who takes it first."""
    known = ctx.schema.processes.get(judge.owner.name, [])
    if not known and not named:
        return OPEN
    for each in sorted(known, key=lambda one: one.order):
        is_wanted = not named or named in {each.name, definition(ctx, each)}
        if each.is_active and is_wanted and (skip or judge.meets(each.criteria)):
            return each
    raise refused("NO_APPLICABLE_PROCESS", "No applicable approval process was found.")


def definition(ctx: Context, process: Process) -> str | None:
    """Return the id of a process's definition."""
    sql = "SELECT id FROM _settled WHERE object = 'ProcessDefinition' AND name = ?"
    found = ctx.value(sql, process.key) if process.name else None
    return str(found) if found else None


def node(ctx: Context, process: Process, step: Step) -> str | None:
    """Return the id of a step's record."""
    sql = "SELECT id FROM _settled WHERE object = 'ProcessNode' AND name = ?"
    found = ctx.value(sql, f"{process.key}/{step.name}") if process.name else None
    return str(found) if found else None


def _field(owner: SObject, name: str) -> str:
    """Return the field of a user or record that metadata name, with or without its ending."""
    found = owner.find(name) or owner.find(f"{name}Id")
    return found.name if found is not None else name


class Approvers:
    """Finds who has to decide in a step."""

    def __init__(self, ctx: Context, process: Process, submitter: str) -> None:
        self.ctx, self.process, self.submitter = ctx, process, submitter

    def of(self, step: Step, row: Values, owner: SObject, given: list[str]) -> list[str]:
        """Return the users and queues that a step asks."""
        found = [
            each
            for kind, name in step.approvers
            for each in self._one(kind, name, row, owner, given)
        ]
        return list(dict.fromkeys(found))

    def _one(
        self, kind: str, name: str, row: Values, owner: SObject, given: list[str]
    ) -> list[str]:
        if kind == ADHOC:
            return self._given(given)
        if kind == "user":
            found = self.ctx.value("SELECT Id FROM User WHERE Username = ?", name)
        elif kind == "queue":
            sql = "SELECT Id FROM \"Group\" WHERE DeveloperName = ? AND Type = 'Queue'"
            found = self.ctx.value(sql, name)
        elif kind == "userHierarchyField":
            found = self._manager(row)
        else:
            found = row.get(_field(owner, FIELDS.get(kind, name)))
        if not found:
            raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        return [str(found)]

    def _given(self, given: list[str]) -> list[str]:
        if given:
            return [short_or_full(each) for each in given]
        if self.process is OPEN:
            return [self.submitter]
        message = "missing required field: [nextApproverIds]"
        raise refused("REQUIRED_FIELD_MISSING", message, "nextApproverIds")

    def _manager(self, row: Values) -> object:
        user = row.get("OwnerId") if self.process.of_owner else self.submitter
        name = _field(self.ctx.schema.require("User"), self.process.manager)
        found = (self.ctx.row("User", user) or {}).get(name)
        if not found:
            raise refused("MANAGER_NOT_DEFINED", "Manager undefined.")
        return found


def lock(ctx: Context, record_id: str, editors: list[str]) -> None:
    """Keep everybody but administrators and these from editing a record."""
    sql = "INSERT OR REPLACE INTO _lock VALUES (?, ?)"
    ctx.connection().execute(sql, (record_id, " ".join(editors)))


def unlock(ctx: Context, record_id: str) -> None:
    """Let a record be edited again."""
    ctx.connection().execute("DELETE FROM _lock WHERE record = ?", (record_id,))


class Updater:
    """Carries field updates out, as the platform does: past validation rules and locks."""

    def __init__(self, ctx: Context, options: SaveOptions) -> None:
        self.ctx, self.options = ctx, replace(options, system=True)

    def run(self, owner: SObject, record_id: str, names: tuple[str, ...]) -> None:
        """Update the fields of a record, one after the other."""
        for name in names:
            update = self.ctx.schema.updates.get(f"{owner.name}.{name}")
            if update is not None:
                self._one(owner, record_id, update)

    def _one(self, owner: SObject, record_id: str, update: Update) -> None:
        row = self.ctx.row(owner.name, record_id) or {}
        field = owner.find(update.field)
        if update.target and field is None:
            link = owner.find(update.target) or owner.find(f"{update.target}Id")
            above = row.get(link.name) if link is not None else None
            parent = self.ctx.schema.of_id(str(above)) if above else None
            if parent is not None:
                self._one(parent, str(above), replace(update, target=""))
            return
        value = self._value(owner, row, update)
        save.update(self.ctx, owner, record_id, {update.field: value}, self.options)

    def _value(self, owner: SObject, row: Values, update: Update) -> object:
        if update.operation == "Formula":
            judge = Judge(self.ctx, owner, row, self.options.user_id)
            return judge.stored(update.field, update.value)
        if update.operation == "Null":
            return None
        field = owner.find(update.field)
        if update.operation in NEXT and field is not None:
            return _neighbour(
                [each.value for each in field.picklist],
                row.get(field.name),
                1 if update.operation == "NextValue" else -1,
            )
        if update.operation == "LookupValue":
            return self._looked_up(update.value)
        return update.value

    def _looked_up(self, name: str) -> object:
        for sql in (
            "SELECT Id FROM User WHERE Username = ?",
            'SELECT Id FROM "Group" WHERE DeveloperName = ?',
            "SELECT Id FROM RecordType WHERE DeveloperName = ?",
        ):
            found = self.ctx.value(sql, name)
            if found:
                return found
        return None


def _neighbour(values: list[str], value: object, step: int) -> object:
    place = values.index(str(value)) + step if value in values else 0
    return values[min(max(place, 0), len(values) - 1)] if values else value
