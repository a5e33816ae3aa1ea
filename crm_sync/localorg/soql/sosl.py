"""SOSL: finding words in many objects, as one query for each object."""

import re
from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soql import words
from crm_sync.localorg.soql.nodes import Column, Path, Query
from crm_sync.localorg.soql.parser import Parser
from crm_sync.localorg.soql.tokens import point_at, tokenize

FIND = re.compile(r"\s*FIND\s*\{((?:[^{}\\]|\\.)*)\}", re.IGNORECASE | re.DOTALL)
GROUPS = frozenset(("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"))
MOST = 2000


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, in which objects, and how much of it is wanted."""

    queries: list[Query]
    limit: int


class SearchParser(Parser):
    """Reads what follows the search words."""

    def search(self, wish: words.Wish, schema: Schema) -> Search:
        """Parse up to the end of the statement."""
        group = "ALL"
        if self.accept("IN"):
            group = self._one_of(GROUPS).word
            self.expect("FIELDS")
        queries = self._targets() if self.accept("RETURNING") else self._everything(schema)
        for query in queries:
            query.search = (group, wish)
        self._wishes()
        limit = min(self._whole_number(), MOST) if self.accept("LIMIT") else MOST
        self._wishes()
        self.finish()
        return Search(queries, limit)

    def _everything(self, schema: Schema) -> list[Query]:
        return [self._of(each.name, 0) for each in schema.tables() if not each.setup]

    def _of(self, name: str, at: int) -> Query:
        return Query(
            self.text, columns=[Column(Path(("Id",), at))], source=name, source_at=at, limit=MOST
        )

    def _targets(self) -> list[Query]:
        found = [self._target()]
        while self.accept(","):
            found.append(self._target())
        return found

    def _target(self) -> Query:
        token = self.name()
        query = self._of(token.text, token.at)
        if not self.accept("("):
            return query
        query.columns = [self.column()]
        while self.accept(","):
            query.columns.append(self.column())
        if self.accept("USING"):
            self.name()
            self.expect("=")
            self.name()
        if self.accept("WHERE"):
            query.where = self.condition()
        self._ordering(query)
        self._tail(query)
        self.expect(")")
        return query

    def _wishes(self) -> None:
        """Take what has no effect here: spelling, snippets, highlights, networks, statistics."""
        while self.accept("WITH") or self.accept("AND"):
            self.name()
            if self.accept("=") or self.accept("IN"):
                self._value() if self.here.text != "(" else self._values()
            elif self.here.text == "(":
                self._skip_options()
        if self.accept("UPDATE"):
            self.name()
            while self.accept(","):
                self.name()

    def _skip_options(self) -> None:
        self.expect("(")
        while not self.accept(")"):
            self.advance()


def _refuse(code: str, text: str, at: int, message: str) -> SalesforceError:
    return SalesforceError(code, point_at(text, at, message))


def parse(text: str, schema: Schema) -> Search:
    """Parse a whole statement; what does not follow the grammar is refused."""
    match = FIND.match(text)
    if match is None:
        message = "No search term found. The search term must be enclosed in braces."
        raise SalesforceError("MALFORMED_SEARCH", message)
    wish = words.WishParser(match.group(1)).parse()
    if wish is None or not words.is_long_enough(wish):
        message = f"search term must be longer than one character: {match.group(1).strip()}"
        raise _refuse("INVALID_SEARCH", text, match.start(1), message)
    try:
        tokens = tokenize(" " * match.end() + text[match.end() :])
        return SearchParser(text, tokens).search(wish, schema)
    except SalesforceError as error:
        if error.code == "MALFORMED_QUERY":
            raise SalesforceError("MALFORMED_SEARCH", error.message) from error
        raise
