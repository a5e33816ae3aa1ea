"""The part of the grammar that conditions share: expressions, literals, AND, OR, NOT."""

import re

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.soql import tokens as lexer
from crm_sync.localorg.soql.nodes import (
    Both,
    Call,
    Compare,
    Condition,
    Expression,
    Not,
    Path,
    Query,
    Semi,
    Value,
)
from crm_sync.localorg.soql.periods import COUNTED, WORDS
from crm_sync.localorg.soql.tokens import Token

OPERATORS = frozenset(("=", "!=", "<>", "<", "<=", ">", ">="))
RESERVED = frozenset(
    [
        "AND",
        "ASC",
        "DESC",
        "EXCLUDES",
        "FROM",
        "GROUP",
        "HAVING",
        "IN",
        "INCLUDES",
        "LIKE",
        "LIMIT",
        "NOT",
        "NULL",
        "NULLS",
        "OR",
        "SELECT",
        "USING",
        "WHERE",
        "WITH",
    ]
)
FUNCTIONS = frozenset(
    [
        *("AVG", "CALENDAR_MONTH", "CALENDAR_QUARTER", "CALENDAR_YEAR", "CONVERTCURRENCY"),
        *("CONVERTTIMEZONE", "COUNT", "COUNT_DISTINCT", "DAY_IN_MONTH", "DAY_IN_WEEK"),
        *("DAY_IN_YEAR", "DAY_ONLY", "DISTANCE", "FIELDS", "FISCAL_MONTH", "FISCAL_QUARTER"),
        *("FISCAL_YEAR", "FORMAT", "GROUPING", "HOUR_IN_DAY", "MAX", "MIN", "SUM", "TOLABEL"),
        *("WEEK_IN_MONTH", "WEEK_IN_YEAR"),
    ]
)
DATE_WORDS = WORDS.keys() | COUNTED.keys()
CURRENCY = re.compile(r"[A-Za-z]{3}\d+\Z")
BOUND = "Bind variables only allowed in Apex code"
MAX_DEPTH = 60
MAX_STRING = 4000
UNITS = frozenset(("mi", "km"))
MAX_DIGITS = 18


def _number(text: str) -> int | float:
    """Return a number as the store can hold it."""
    is_whole = text.lstrip("+-").isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_whole else float(text)


class ConditionParser:
    """Walks over tokens; the statement parser builds on it."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    @property
    def here(self) -> Token:
        """Return the token that comes next."""
        return self.tokens[self.place]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.here
        if token.kind == "end":
            raise self.unexpected(token)
        self.place += 1
        return token

    def accept(self, word: str) -> bool:
        """Take the next token if it is that word."""
        if self.here.kind != "string" and self.here.word == word:
            self.place += 1
            return True
        return False

    def expect(self, word: str) -> Token:
        """Take that word or refuse the statement."""
        token = self.here
        if not self.accept(word):
            raise self.unexpected(token)
        return token

    def name(self) -> Token:
        """Take a name or refuse the statement."""
        if self.here.kind != "name":
            raise self.unexpected(self.here)
        return self.advance()

    def finish(self) -> None:
        """Refuse anything after the end of the statement."""
        if self.here.kind != "end":
            raise self.unexpected(self.here)

    def fail(self, token: Token, message: str, code: str = "MALFORMED_QUERY") -> SalesforceError:
        """Return a refusal that points at a token."""
        return SalesforceError(code, lexer.point_at(self.text, token.at, message))

    def unexpected(self, token: Token) -> SalesforceError:
        """Return the refusal of a token that does not belong here."""
        if token.kind == "end":
            return self.fail(token, "unexpected token: '<EOF>'")
        return self.fail(token, f"unexpected token: '{token.text}'")

    def expression(self) -> Expression:
        """Parse a field or a function of one."""
        if self.here.kind == "name" and self.here.word in RESERVED:
            raise self.unexpected(self.here)
        token = self.name()
        if self.here.text != "(":
            return Path(tuple(token.text.split(".")), token.at)
        if token.word not in FUNCTIONS:
            raise self.unexpected(self.here)
        self.advance()
        if token.word == "DISTANCE":
            return self._distance(token)
        argument = None if self.here.text == ")" else self._argument(token)
        self.expect(")")
        return Call(token.word, argument, token.at)

    def _argument(self, token: Token) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(token, "function is nested too deeply", "QUERY_TOO_COMPLICATED")
        found = self.expression()
        self.depth -= 1
        return found

    def _distance(self, token: Token) -> Call:
        """Parse what follows DISTANCE( up to its closing parenthesis."""
        where = self._path()
        self.expect(",")
        place: Path | tuple[float, float]
        if self.here.word == "GEOLOCATION":
            self.advance()
            self.expect("(")
            latitude = self._float()
            self.expect(",")
            place = (latitude, self._float())
            self.expect(")")
        else:
            place = self._path()
        self.expect(",")
        unit = self.advance()
        if unit.kind != "string" or lexer.unquote(unit.text).lower() not in UNITS:
            raise self.fail(unit, "Invalid distance unit: use 'mi' or 'km'")
        self.expect(")")
        return Call("DISTANCE", where, token.at, place, lexer.unquote(unit.text).lower())

    def _path(self) -> Path:
        token = self.name()
        return Path(tuple(token.text.split(".")), token.at)

    def _float(self) -> float:
        if self.here.kind != "number":
            raise self.unexpected(self.here)
        return float(self.advance().text)

    def condition(self) -> Condition:
        """Parse a condition; AND and OR may not be mixed without parentheses."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(self.here, "condition is nested too deeply", "QUERY_TOO_COMPLICATED")
        parts = [self._term()]
        word = self.here.word if self.here.word in {"AND", "OR"} else ""
        while self.here.word in {"AND", "OR"} and self.here.kind == "name":
            if self.here.word != word:
                raise self.unexpected(self.here)
            self.advance()
            parts.append(self._term())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Both(word, tuple(parts))

    def _term(self) -> Condition:
        if self.accept("NOT"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.fail(self.here, "condition is nested too deeply")
            inner = self._term()
            self.depth -= 1
            return Not(inner)
        if self.accept("("):
            inner = self.condition()
            self.expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self.expression()
        token = self.here
        if token.kind == "op":
            self.advance()
            operator = "!=" if token.text == "<>" else token.text
            return Compare(left, operator, (self._value(),))
        if self.accept("LIKE"):
            return Compare(left, "LIKE", (self._value(wildcards=True),))
        if self.accept("IN"):
            return self._membership(left, negated=False)
        if self.accept("NOT"):
            self.expect("IN")
            return self._membership(left, negated=True)
        if token.word in {"INCLUDES", "EXCLUDES"}:
            self.advance()
            return Compare(left, token.word, self._values())
        raise self.unexpected(token)

    def _membership(self, left: Expression, *, negated: bool) -> Condition:
        if self.here.text == ":":
            raise self.fail(self.here, BOUND)
        following = self.tokens[self.place + 1] if self.here.text == "(" else None
        if following is not None and following.word == "SELECT":
            self.expect("(")
            inner = self.query()
            self.expect(")")
            return Semi(left, negated, inner)
        return Compare(left, "NOT IN" if negated else "IN", self._values())

    def query(self) -> Query:
        """Parse a nested SELECT; the statement parser knows how."""
        raise self.unexpected(self.here)

    def _values(self) -> tuple[Value, ...]:
        self.expect("(")
        values = [self._value()]
        while self.accept(","):
            values.append(self._value())
        self.expect(")")
        return tuple(values)

    def _value(self, *, wildcards: bool = False) -> Value:
        token = self.advance()
        if token.text == ":":
            raise self.fail(token, BOUND)
        if token.kind == "string":
            bad = lexer.bad_escape(token.text)
            if bad:
                message = (
                    f"Invalid string literal {token.text}. Illegal character sequence '{bad}' in "
                    "string literal."
                )
                raise self.fail(token, message)
            content = lexer.unquote(token.text, keep_wildcards=wildcards)
            if len(content) > MAX_STRING:
                raise self.fail(token, "string literal is too long")
            return Value("string", content, token.at, token.text)
        if token.kind == "number":
            return Value("number", _number(token.text), token.at)
        if token.kind in {"date", "datetime", "time"}:
            return Value(token.kind, token.text, token.at)
        return self._named_value(token)

    def _named_value(self, token: Token) -> Value:
        if token.word in {"TRUE", "FALSE"}:
            return Value("boolean", token.word == "TRUE", token.at)
        if token.word == "NULL":
            return Value("null", None, token.at)
        if token.kind == "money":
            return Value("word", (token.text, None), token.at)
        if token.kind != "name":
            raise self.unexpected(token)
        if not (token.word in DATE_WORDS or CURRENCY.match(token.text)):
            raise self.fail(token, BOUND)
        count = None
        if self.accept(":"):
            number = self.advance()
            if number.kind != "number" or not number.text.isdigit():
                raise self.unexpected(number)
            count = min(int(number.text[:MAX_DIGITS]), 100_000)
        return Value("word", (token.word, count), token.at)
