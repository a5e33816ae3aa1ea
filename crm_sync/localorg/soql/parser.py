"""Recursive descent over the tokens of a statement."""

from crm_sync.localorg.soql.conditions import MAX_DIGITS, ConditionParser
from crm_sync.localorg.soql.nodes import Call, Column, Path, Query, Sort, TypeOf
from crm_sync.localorg.soql.tokens import Token, tokenize

CLAUSES = frozenset(
    [
        "FROM",
        "WHERE",
        "WITH",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "FOR",
        "ALL",
        "USING",
        "UPDATE",
        "ASC",
        "DESC",
        "NULLS",
    ]
)
MAX_OFFSET = 2000
MOST_SORTS = 32
PURPOSES = frozenset(("VIEW", "REFERENCE", "UPDATE"))
STATISTICS = frozenset(("VIEWSTAT", "TRACKING"))
MODES = frozenset(("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"))
SCOPES = frozenset(
    [
        "ALLPRIVATE",
        "DELEGATED",
        "EVERYTHING",
        "MINE",
        "MINEANDMYGROUPS",
        "MINE_AND_MY_GROUPS",
        "MY_TEAM_TERRITORY",
        "MY_TERRITORY",
        "SCOPINGRULE",
        "TEAM",
    ]
)


class Parser(ConditionParser):
    """Parses one SELECT and what is nested in it."""

    def query(self) -> Query:
        """Parse from SELECT to the last clause."""
        first = self.expect("SELECT").at
        query = Query(self.text)
        query.columns.append(self.column())
        while self.accept(","):
            query.columns.append(self.column())
        self.expect("FROM")
        behind = self._source(query)
        if self.accept("USING"):
            self.expect("SCOPE")
            query.scope = self._one_of(SCOPES).word
        if self.accept("WHERE"):
            query.where = self.condition()
        self._with()
        self._grouping(query)
        self._ordering(query)
        self._tail(query)
        query.count_only = _counts_rows(query)
        query.place = (first, behind, self.here.at)
        return query

    def _source(self, query: Query) -> int:
        """Parse what is read; answers where the statement goes on behind its name."""
        token = self.name()
        query.source, query.source_at, behind = token.text, token.at, self.here.at
        query.alias = self._alias()
        while self.accept(","):
            token = self.name()
            first, *rest = token.text.split(".")
            known = {query.alias.lower(), query.source.lower()}
            if not rest or first.lower() not in known | query.aliases.keys():
                raise self.unexpected(token)
            path = (*query.aliases.get(first.lower(), ()), *rest)
            query.aliases[self._alias().lower()] = path
        return behind

    def _alias(self) -> str:
        self.accept("AS")
        is_alias = self.here.kind == "name" and self.here.word not in CLAUSES
        return self.advance().text if is_alias else ""

    def column(self) -> Column:
        """Parse one entry of the select list."""
        if self.accept("("):
            inner = self.query()
            self.expect(")")
            return Column(inner)
        if self.here.word == "TYPEOF":
            return Column(self._type_of())
        what = self.expression()
        alias = ""
        if self.here.kind == "name" and self.here.word not in CLAUSES:
            alias = self.advance().text
        return Column(what, alias)

    def _type_of(self) -> TypeOf:
        at = self.advance().at
        relation = self.name().text
        cases = []
        otherwise: tuple[Path, ...] = ()
        if self.here.word != "WHEN":
            raise self.unexpected(self.here)
        while self.accept("WHEN"):
            kind = self.name().text
            self.expect("THEN")
            cases.append((kind, self._paths()))
        if self.accept("ELSE"):
            otherwise = self._paths()
        self.expect("END")
        return TypeOf(relation, tuple(cases), otherwise, at)

    def _paths(self) -> tuple[Path, ...]:
        paths = [self._path()]
        while self.accept(","):
            paths.append(self._path())
        return tuple(paths)

    def _with(self) -> None:
        while self.accept("WITH"):
            self._one_of(MODES)

    def _grouping(self, query: Query) -> None:
        if not self.accept("GROUP"):
            return
        self.expect("BY")
        if self.here.word in {"ROLLUP", "CUBE"}:
            query.subtotals = self.advance().word
            self.expect("(")
        query.group.append(self.expression())
        while self.accept(","):
            query.group.append(self.expression())
        if query.subtotals:
            self.expect(")")
        if self.accept("HAVING"):
            query.having = self.condition()

    def _ordering(self, query: Query) -> None:
        if not self.accept("ORDER"):
            return
        self.expect("BY")
        query.order.append(self._sort())
        while self.accept(","):
            if len(query.order) == MOST_SORTS:
                raise self.fail(self.here, f"ORDER BY takes at most {MOST_SORTS} fields")
            query.order.append(self._sort())

    def _sort(self) -> Sort:
        by = self.expression()
        descending = self.accept("DESC")
        if not descending:
            self.accept("ASC")
        nulls_last = None
        if self.accept("NULLS"):
            nulls_last = self.accept("LAST")
            if not nulls_last:
                self.expect("FIRST")
        return Sort(by, descending, nulls_last)

    def _tail(self, query: Query) -> None:
        if self.accept("LIMIT"):
            query.limit = self._whole_number()
        if self.accept("OFFSET"):
            at = self.here
            query.offset = self._whole_number()
            if query.offset > MAX_OFFSET:
                raise self.fail(
                    at,
                    "Maximum SOQL offset allowed is 2000",
                    code="NUMBER_OUTSIDE_VALID_RANGE",
                )
        while self.accept("FOR"):
            self._some_of(PURPOSES)
        if self.accept("UPDATE"):
            self._some_of(STATISTICS)
        if self.accept("ALL"):
            self.expect("ROWS")
            query.all_rows = True

    def _some_of(self, words: frozenset[str]) -> None:
        """Take some words of a kind, one after the other."""
        self._one_of(words)
        while self.accept(","):
            self._one_of(words)

    def _one_of(self, words: frozenset[str]) -> Token:
        """Take one of some words, or refuse the statement."""
        if self.here.kind != "name" or self.here.word not in words:
            raise self.unexpected(self.here)
        return self.advance()

    def _whole_number(self) -> int:
        token = self.here
        if token.kind != "number" or not token.text.isdigit():
            raise self.unexpected(token)
        return min(int(self.advance().text[:MAX_DIGITS]), 2**31)


def _counts_rows(query: Query) -> bool:
    if len(query.columns) != 1:
        return False
    what = query.columns[0].what
    is_call = isinstance(what, Call) and what.name == "COUNT" and what.argument is None
    return is_call and not query.group


def parse(statement: str) -> Query:
    """Parse a whole statement; anything left over is refused."""
    parser = Parser(statement, tokenize(statement))
    query = parser.query()
    parser.finish()
    return query
