"""Asking the database's own text index: `tsvector` on PostgreSQL, FTS5 on SQLite.

Words are folded before they come here and hold letters and digits alone, so that no operator of
either query language can be smuggled in.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func

Sql = tuple[str, tuple[str | int, ...]]


class WordsMatch(Func):
    """Whether a document holds every word, each at least as a beginning."""

    output_field = BooleanField()

    def __init__(self, words: Sequence[str], *, in_name: bool = False) -> None:
        super().__init__(F("pk"))
        self.words = tuple(words)
        self.in_name = in_name

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Sql:
        """One look into the GIN index over the generated column."""
        weight = "A" if self.in_name else ""
        query = " & ".join(f"{word}:*{weight}" for word in self.words)
        column, params = compiler.compile(self.source_expressions[0])
        table = column.rpartition(".")[0]
        return f"{table}.words @@ to_tsquery('simple', %s)", (*params, query)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Sql:
        """The row numbers that the FTS5 table finds."""
        query = " AND ".join(f'"{word}"*' for word in self.words)
        if self.in_name:
            query = f"{{name_words}} : ({query})"
        column, params = compiler.compile(self.source_expressions[0])
        sql = (
            f"{column} IN (SELECT rowid FROM search_words "  # noqa: S608 - the column is ours
            "WHERE search_words MATCH %s)"
        )
        return sql, (*params, query)
