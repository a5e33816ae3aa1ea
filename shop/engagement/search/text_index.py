"""Asking the database's own text index: `tsvector` on PostgreSQL, FTS5 on SQLite.

Words are folded before they come here and hold letters and digits alone, so that no operator of
either query language can be smuggled in.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func

Sql = tuple[str, tuple[str | int, ...]]


class WordsMatch(Func):
    """Whether a document holds every word, each at least as a beginning, or is one of a few."""

    output_field = BooleanField()

    def __init__(
        self, words: Sequence[str], *, in_name: bool = False, or_one_of: Sequence[int] = ()
    ) -> None:
        super().__init__(F("pk"))
        self.words = tuple(words)
        self.in_name = in_name
        self.or_one_of = tuple(or_one_of)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Sql:
        """One look into the GIN index over a generated column."""
        vector = "in_name" if self.in_name else "anywhere"
        found = (
            f"SELECT document_id FROM search_searchwords "  # noqa: S608 - both names are ours
            f"WHERE {vector} @@ to_tsquery('simple', %s)"
        )
        return self._within(compiler, found, " & ".join(f"{word}:*" for word in self.words))

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Sql:
        """The row numbers that the FTS5 table finds."""
        query = " AND ".join(f'"{word}"*' for word in self.words)
        if self.in_name:
            query = f"{{name_words}} : ({query})"
        found = "SELECT rowid FROM search_index WHERE search_index MATCH %s"
        return self._within(compiler, found, query)

    def _within(self, compiler: Any, found: str, query: str) -> Sql:
        """One list of numbers: an OR between two of them would make the database read all rows."""
        column, params = compiler.compile(self.source_expressions[0])
        union = " UNION SELECT %s" * len(self.or_one_of)
        return f"{column} IN ({found}{union})", (*params, query, *self.or_one_of)
