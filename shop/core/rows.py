"""Rows that every purchase writes: their SQL is put together once for each table.

`HotRow` makes `save()` of a model quick; nothing else about it changes, signals included.
`insert` does what `bulk_create` does, and can tell whether a row was there before.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

AnyRow = TypeVar("AnyRow", bound=models.Model)
AnyField: TypeAlias = "models.Field[Any, Any]"
Fields: TypeAlias = "tuple[AnyField, ...]"
# Each number of rows is a statement of its own: more are written in Django's way.
FEW = 20


class HotRow(models.Model):
    """A model whose rows are saved with ready SQL wherever their values are plain."""

    class Meta:
        abstract = True

    def _do_insert(
        self,
        manager: Any,
        using: str,
        fields: Sequence[AnyField],
        returning_fields: Sequence[AnyField],
        raw: bool,
    ) -> Any:
        connection = connections[using]
        values = None if raw else _new_values(self, tuple(fields), connection)
        pk = self._meta.pk
        if values is None or pk not in returning_fields:
            # Types leave Django's hooks out.
            usual: Any = super()._do_insert  # type: ignore[misc]
            return usual(manager, using, fields, returning_fields, raw)
        sql = _insert_sql(connection.vendor, self._meta.concrete_model, tuple(fields), 1, False)
        ((new,),) = _written(connection, sql, values)
        # What else a column's own default might have filled in was given, and is as it was given.
        return [tuple(new if own == pk else getattr(self, own.attname) for own in returning_fields)]

    # The hooks of Django 5.2; the types that we check against know those of a later one.
    def _do_update(  # type: ignore[override]
        self,
        base_qs: Any,
        using: str,
        pk_val: Any,
        values: Sequence[tuple[AnyField, Any, Any]],
        update_fields: Any,
        forced_update: Any,
    ) -> bool:
        fields = tuple(field for field, _, _ in values)
        if not values or not all(_is_plain(field, value) for field, _, value in values):
            usual: Any = super()._do_update
            return bool(usual(base_qs, using, pk_val, values, update_fields, forced_update))
        connection = connections[using]
        params = [field.get_db_prep_save(value, connection) for field, _, value in values]
        with connection.cursor() as cursor:
            cursor.execute(
                _update_sql(connection.vendor, self._meta.concrete_model, fields),
                [*params, pk_val],
            )
            return bool(cursor.rowcount > 0)


def insert(rows: Sequence[AnyRow]) -> Sequence[AnyRow]:
    """Write new rows of one model and give them their primary keys; nobody is told."""
    if len(rows) <= FEW and (not rows or _insert(rows, unless_there=False)):
        return rows
    return type(rows[0])._default_manager.bulk_create(rows)


def insert_unless_there(row: models.Model) -> bool:
    """Write a new row; False when a constraint says that one like it is there.

    A parallel one is waited for. What we wrote is locked until our transaction ends.
    """
    return _insert([row], unless_there=True)


def _insert(rows: Sequence[models.Model], *, unless_there: bool) -> bool:
    connection = transaction.get_connection()
    meta = rows[0]._meta
    fields: Fields = tuple(field for field in meta.concrete_fields if not field.primary_key)
    values: list[Any] = []
    for row in rows:
        own = _new_values(row, fields, connection)
        if own is None:
            return False
        values += own
    model = meta.concrete_model
    sql = _insert_sql(connection.vendor, model, fields, len(rows), unless_there)
    written = _written(connection, sql, values)
    for row, (pk,) in zip(rows, written, strict=not unless_there):
        row.pk = pk
        state = row._state  # noqa: SLF001 - left as `bulk_create` leaves it
        state.adding, state.db = False, connection.alias
    return bool(written)


def _written(connection: BaseDatabaseWrapper, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        written: list[tuple[Any, ...]] = cursor.fetchall()
        return written


def _new_values(
    row: models.Model, fields: Fields, connection: BaseDatabaseWrapper
) -> list[Any] | None:
    values = [field.pre_save(row, add=True) for field in fields]
    pairs = list(zip(fields, values, strict=True))
    if not all(_is_plain(field, value) for field, value in pairs):
        return None
    return [field.get_db_prep_save(value, connection) for field, value in pairs]


def _is_plain(field: AnyField, value: Any) -> bool:
    """Whether a value goes in as it is: expressions and fields with SQL of their own do not."""
    return not hasattr(value, "resolve_expression") and not hasattr(field, "get_placeholder")


@lru_cache(maxsize=512)
def _insert_sql(vendor: str, model: Any, fields: Fields, count: int, unless_there: bool) -> str:
    quote = transaction.get_connection().ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    table, pk = quote(model._meta.db_table), quote(model._meta.pk.column)
    into = f"INSERT INTO {table} ({names}) VALUES {places}"  # noqa: S608 - our own names
    return f"{into}{conflict} RETURNING {pk}"


@lru_cache(maxsize=512)
def _update_sql(vendor: str, model: Any, fields: Fields) -> str:
    quote = transaction.get_connection().ops.quote_name
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    table, pk = quote(model._meta.db_table), quote(model._meta.pk.column)
    return f"UPDATE {table} SET {changes} WHERE {pk} = %s"  # noqa: S608 - our own names
