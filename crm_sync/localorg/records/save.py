"""Creating and changing records."""

import re
from dataclasses import dataclass
from functools import lru_cache

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.records import prepare, references
from crm_sync.localorg.records.context import Change, Context, SaveOptions, Values
from crm_sync.localorg.records.criteria import check_filters
from crm_sync.localorg.records.duplicates import check_duplicates
from crm_sync.localorg.records.rollups import refresh
from crm_sync.localorg.records.rules.accounts import check_hierarchy
from crm_sync.localorg.records.rules.settings import before_setting
from crm_sync.localorg.records.rules.table import AFTER, BEFORE
from crm_sync.localorg.records.validation import check_rules
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.store.tables import quote

NUMBER = re.compile(r"\{(0+)\}")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did."""

    record_id: str
    created: bool


def insert(ctx: Context, owner: SObject, payload: object, options: SaveOptions) -> Saved:
    """Create a record."""
    with ctx.store.write():
        return _insert(ctx, owner, payload, options)


def _insert(ctx: Context, owner: SObject, payload: object, options: SaveOptions) -> Saved:
    owner, seen = ctx.schema.require(owner.name), ctx.seen(owner, options)
    if not seen.createable and not options.system:
        raise SalesforceError(
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {owner.label}"
        )
    values = prepare.read_payload(ctx, owner, payload, options, creating=True)
    prepare.check_links(ctx, owner, values)
    kind = prepare.check_type(ctx, owner, values, values)
    prepare.add_defaults(ctx, owner, values, kind)
    record_id = ctx.ids.next(owner.prefix)
    _stamp_new(ctx, owner, values, record_id, options)
    prepare.check_required(owner, values, creating=True)
    change = Change(owner, record_id, None, values, options)
    _check(ctx, change, "insert")
    _number(ctx, change)
    _write_new(ctx, change)
    _finish(ctx, change)
    return Saved(record_id, created=True)


def update(
    ctx: Context, owner: SObject, record_id: str, payload: object, options: SaveOptions
) -> Saved:
    """Change a record."""
    with ctx.store.write():
        return _update(ctx, owner, record_id, payload, options)


def _update(
    ctx: Context, owner: SObject, record_id: str, payload: object, options: SaveOptions
) -> Saved:
    owner = ctx.schema.require(owner.name)
    _check_updateable(ctx, owner, options)
    old = live_row(ctx, owner, record_id)
    values = prepare.read_payload(ctx, owner, payload, options, creating=False)
    changed = {name: value for name, value in values.items() if old.get(name) != value}
    prepare.check_links(ctx, owner, changed)
    prepare.check_required(owner, values, creating=False)
    new = {**old, **values}
    prepare.check_type(ctx, owner, new, changed)
    stamp = ctx.stamp(str(old["SystemModstamp"]))
    new |= {"SystemModstamp": stamp, "LastModifiedDate": stamp}
    new["LastModifiedById"] = options.user_id
    change = Change(owner, record_id, old, new, options)
    _check(ctx, change, "update")
    _write_changed(ctx, change)
    _finish(ctx, change)
    return Saved(record_id, created=False)


def upsert(
    ctx: Context,
    owner: SObject,
    key: Field,
    key_value: object,
    payload: dict[str, object],
    options: SaveOptions,
    *,
    update_only: bool = False,
) -> Saved:
    """Create or change the record that carries a key."""
    with ctx.store.write():
        value = read_value(key, key_value)
        found = references.find_by_key(ctx, owner, key, value)
        if len(found) > 1:
            raise SeveralFound(owner, found)
        if found:
            return _update(ctx, owner, found[0], payload, options)
        if key.name == "Id":
            raise no_such_record()
        if update_only:
            raise not_found()
        return _insert(ctx, owner, {**payload, key.name: key_value}, options)


class SeveralFound(SalesforceError):
    """More than one record carries the key."""

    def __init__(self, owner: SObject, found: list[str]) -> None:
        super().__init__(
            "DUPLICATE_EXTERNAL_ID",
            f"Multiple records found with the same external ID: {', '.join(found)}",
            status=300,
        )
        self.owner = owner
        self.found = found


def duplicate_value(name: str, taken: object) -> SalesforceError:
    """Return the refusal of a value that another record has."""
    message = f"duplicate value found: {name} duplicates value on record with id: {taken}"
    return SalesforceError("DUPLICATE_VALUE", message, [])


def no_such_record() -> SalesforceError:
    """Return the refusal of an id that no record has."""
    message = "invalid cross reference id"
    return SalesforceError("INVALID_CROSS_REFERENCE_KEY", message, [], status=404)


def live_row(ctx: Context, owner: SObject, record_id: str) -> Values:
    """Return a record that exists and is not in the recycle bin."""
    row = ctx.row(owner.name, record_id)
    if row is None:
        raise no_such_record()
    if row["IsDeleted"]:
        raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", [])
    return row


def check_lock(ctx: Context, record_id: str, options: SaveOptions) -> None:
    """Refuse to touch what an approval locks; an administrator may all the same."""
    if options.system or ctx.view.grants is None:
        return
    editors = ctx.value("SELECT editors FROM _lock WHERE record = ?", record_id)
    if isinstance(editors, str) and options.user_id not in editors.split():
        raise SalesforceError("ENTITY_IS_LOCKED", "entity is locked for editing", [])


def _check_updateable(ctx: Context, owner: SObject, options: SaveOptions) -> None:
    if options.system or ctx.seen(owner, options).updateable:
        return
    if not owner.updateable:
        message = f"entity type cannot be updated: {owner.label}"
        raise SalesforceError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
    message = "insufficient access rights on object id"
    raise SalesforceError("INSUFFICIENT_ACCESS_OR_READONLY", message, [])


def _stamp_new(
    ctx: Context, owner: SObject, values: Values, record_id: str, options: SaveOptions
) -> None:
    stamp = ctx.stamp("")
    values["Id"], values["IsDeleted"] = record_id, 0
    values["CreatedDate"] = values.get("CreatedDate") or stamp
    values["LastModifiedDate"] = values.get("LastModifiedDate") or stamp
    values["SystemModstamp"] = stamp
    values["CreatedById"] = values.get("CreatedById") or options.user_id
    values["LastModifiedById"] = values.get("LastModifiedById") or options.user_id
    if str(values["LastModifiedDate"]) < str(values["CreatedDate"]):
        message = "Last Modified Date cannot be earlier than the Created Date."
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", message, ["LastModifiedDate"])
    if owner.owned and not values.get("OwnerId"):
        values["OwnerId"] = options.user_id
    name = owner.name_field
    named = owner.setting or name is None or name.auto_number or values.get(name.name)
    if owner.custom and name is not None and not named:
        values[name.name] = record_id


def _check(ctx: Context, change: Change, operation: str) -> None:
    ctx.before_save(change.owner, operation, change.record_id, change.options)
    if not change.is_new:
        check_lock(ctx, change.record_id, change.options)
        check_hierarchy(ctx, change)
    rule = before_setting if change.owner.setting else BEFORE.get(change.owner.name)
    if rule is not None:
        rule(ctx, change)
    if change.owner.habits.filtered and not change.options.system:
        check_filters(ctx, change)
    if change.owner.rules and not change.options.system:
        check_rules(ctx, change)
    if change.owner.duplicates and not change.options.system:
        check_duplicates(ctx, change)
    _check_unique(ctx, change)


def _check_unique(ctx: Context, change: Change) -> None:
    for field in change.owner.habits.unique:
        value = change.new.get(field.name)
        if value is None or not change.changed(field.name):
            continue
        taken = ctx.value(
            f"SELECT Id FROM {quote(change.owner.name)} "
            f"WHERE {quote(field.name)} = ? AND IsDeleted = 0 AND Id <> ?",
            value,
            change.record_id,
        )
        if taken:
            raise duplicate_value(field.name, taken)


def _number(ctx: Context, change: Change) -> None:
    for field in change.owner.habits.numbered:
        name = f"{change.owner.name}.{field.name}"
        ctx.connection().execute(
            "INSERT INTO _counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            (name,),
        )
        count = str(ctx.value("SELECT value FROM _counter WHERE name = ?", name))
        digits = NUMBER.search(field.auto_number)
        padded = count.zfill(len(digits.group(1)) if digits else 0)
        change.new[field.name] = NUMBER.sub(padded, field.auto_number)


@lru_cache(maxsize=256)
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(quote(column) for column in columns)
    return f"INSERT INTO {quote(table)} ({names}) VALUES ({', '.join('?' * len(columns))})"


def _write_new(ctx: Context, change: Change) -> None:
    columns = change.owner.habits.columns
    sql = _insertion(change.owner.name, columns)
    ctx.connection().execute(sql, [change.new.get(column) for column in columns])


def _write_changed(ctx: Context, change: Change) -> None:
    columns = sorted(change.changed_fields())
    if not columns:
        return
    names = ", ".join(f"{quote(column)} = ?" for column in columns)
    ctx.connection().execute(
        f"UPDATE {quote(change.owner.name)} SET {names} WHERE Id = ?",
        [*(change.new[column] for column in columns), change.record_id],
    )


def _finish(ctx: Context, change: Change) -> None:
    rule = AFTER.get(change.owner.name)
    if rule is not None:
        rule(ctx, change)
    if ctx.schema.rollups:
        refresh(ctx, change.owner, change.old, change.new)
    ctx.on_change("CREATE" if change.is_new else "UPDATE", change)
