"""SOSL: finding words in many objects, as one query for each object."""

import re
from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soql import words
from crm_sync.localorg.soql.nodes import Column, Path, Query
from crm_sync.localorg.soql.parser import STATISTICS, Parser
from crm_sync.localorg.soql.tokens import Token, point_at, tokenize

FIND = re.compile(r"\s*FIND\s*\{((?:[^{}\\]|\\.)*)\}", re.IGNORECASE | re.DOTALL)
GROUPS = frozenset(("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"))
WISHES = frozenset(
    ("DIVISION", "HIGHLIGHT", "METADATA", "NETWORK", "PRICEBOOKID", "SNIPPET", "SPELL_CORRECTION")
)
MOST = 2000


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, in which objects, and how much of it is wanted."""

    queries: list[Query]
    limit: int
    wish: words.Wish
    wanted: frozenset[str] = frozenset()


class SearchParser(Parser):
    """Reads what follows the search words."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        super().__init__(text, tokens)
        self.wanted: set[str] = set()

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
        return Search(queries, limit, wish, frozenset(self.wanted))

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
        """Take what else is asked for; spelling, networks and statistics have no effect here."""
        while self.accept("WITH") or self.accept("AND"):
            self._wish(self._one_of(WISHES).word)
        if self.accept("UPDATE"):
            self._some_of(STATISTICS)

    def _wish(self, name: str) -> None:
        at = self.here
        values = self._wished()
        if name == "METADATA" and values != ["LABELS"]:
            raise self.unexpected(at)
        self.wanted.add(name)

    def _wished(self) -> list[object]:
        if self.accept("=") or self.accept("IN"):
            found = self._values() if self.here.text == "(" else (self._value(),)
            return [each.content for each in found]
        if self.here.text == "(":
            self._skip_options()
        return []

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
