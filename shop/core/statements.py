"""Questions that every purchase asks: put into SQL once, then asked with other values.

Building a queryset and writing its SQL takes the processor three times as long as asking PostgreSQL
and reading the answer. A statement stays an ordinary queryset to read, with slots for its values:

    CART = Statement(lambda key: Cart.objects.filter(key=key, state=CartState.OPEN))
    cart = CART.one(key="01J…")

It suits questions of one shape. A value is never `None` (SQL has a word of its own for that), and
what a slot stands for in `…__in` is a list; an empty one finds nothing.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import query as iterables
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
PLACE = re.compile(r"(?<!%)%s")


@dataclass(frozen=True, slots=True)
class Given:
    """Where a value belongs among the parameters."""

    name: str


class Slot(Expression):
    """Stands in a queryset for a value that comes with each question."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> Any:
        """Leave the place open."""
        return "%s", [Given(self.name)]


class Compiled(Generic[Row]):
    """A queryset as SQL for one kind of database, and how its rows become what it answers."""

    def __init__(self, asked: models.QuerySet[Any, Row], connection: BaseDatabaseWrapper) -> None:
        compiler = asked.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        self.sql = sql
        self.pieces = PLACE.split(sql)
        self.params = tuple(params)
        self.is_locking = asked.query.select_for_update
        self.converters = compiler.get_converters([column for column, _, _ in compiler.select])
        self.compiler = compiler
        self.make = _maker(asked, compiler, connection)

    def ask(self, connection: BaseDatabaseWrapper, values: dict[str, Any]) -> list[Row]:
        """Fill in the values and read all rows."""
        if self.is_locking and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("A lock lives inside a transaction")
        sql, params = self._filled(connection, values)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: Any = cursor.fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [self.make(row) for row in rows]

    def _filled(
        self, connection: BaseDatabaseWrapper, values: dict[str, Any]
    ) -> tuple[str, list[Any]]:
        if not any(isinstance(value, list | tuple) for value in values.values()):
            plain = [values[p.name] if isinstance(p, Given) else p for p in self.params]
            return self.sql, [_adapted(connection, value) for value in plain]
        sql, params = [self.pieces[0]], []
        for piece, param in zip(self.pieces[1:], self.params, strict=True):
            value = values[param.name] if isinstance(param, Given) else param
            many = value if isinstance(param, Given) and isinstance(value, list | tuple) else None
            sql.append("%s" if many is None else ", ".join(["%s"] * len(many)))
            params += [_adapted(connection, one) for one in ([value] if many is None else many)]
            sql.append(piece)
        return "".join(sql), params


def _adapted(connection: BaseDatabaseWrapper, value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _maker(
    asked: models.QuerySet[Any, Any], compiler: SQLCompiler, connection: BaseDatabaseWrapper
) -> Callable[[Sequence[Any]], Any]:
    kind = asked._iterable_class  # noqa: SLF001 - it alone tells rows from tuples
    if kind is iterables.ModelIterable:
        return _model_maker(asked, compiler, connection.alias)
    if kind is iterables.FlatValuesListIterable:
        return lambda row: row[0]
    if kind is iterables.ValuesListIterable:
        return tuple
    raise TypeError(f"A statement answers rows or tuples, not {kind.__name__}")


def _model_maker(
    asked: models.QuerySet[Any, Any], compiler: SQLCompiler, alias: str
) -> Callable[[Sequence[Any]], Any]:
    info: Any = compiler.klass_info
    columns = info["select_fields"]
    first, after = columns[0], columns[-1] + 1
    names = [column.target.attname for column, _, _ in compiler.select[first:after]]
    populators_of: Any = iterables.get_related_populators
    related = populators_of(info, compiler.select, alias)
    annotated = tuple((compiler.annotation_col_map or {}).items())
    model = info["model"]

    def make(row: Sequence[Any]) -> Any:
        made = model.from_db(alias, names, row[first:after])
        for populator in related:
            populator.populate(row, made)
        for name, place in annotated:
            setattr(made, name, row[place])
        return made

    return make


class Statement(Generic[Row]):
    """A queryset with slots, compiled when it is asked for the first time."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, Row]]) -> None:
        self.build = build
        self.names = tuple(inspect.signature(build).parameters)
        self.compiled: dict[str, Compiled[Row]] = {}

    def all(self, **values: Any) -> list[Row]:
        """Every row, in the order of the queryset."""
        if values.keys() != set(self.names) or None in values.values():
            raise TypeError(f"This statement asks for {', '.join(self.names) or 'nothing'}")
        if any(isinstance(value, list | tuple) and not value for value in values.values()):
            return []
        connection = transaction.get_connection()
        compiled = self.compiled.get(connection.vendor)
        if compiled is None:
            asked = self.build(**{name: Slot(name) for name in self.names})
            compiled = self.compiled[connection.vendor] = Compiled(asked, connection)
        return compiled.ask(connection, values)

    def one(self, **values: Any) -> Row | None:
        """The first row, or nothing."""
        return next(iter(self.all(**values)), None)

    def get(self, **values: Any) -> Row:
        """The first row, which is there."""
        return next(iter(self.all(**values)))
