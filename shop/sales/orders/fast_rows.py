"""Writing very many rows of one table: COPY on PostgreSQL, one prepared statement elsewhere.

`bulk_create` spends most of its time on model instances and SQL text. History files hold half a
million lines, so they go in as plain tuples; constraints and indexes judge them all the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


def write_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert tuples whose values stand in the order of the given columns."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - our own names
            cursor.executemany(statement, list(rows))
