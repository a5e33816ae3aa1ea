"""Cutting a statement into tokens that remember where they stood."""

import re
from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError

TOKEN = re.compile(
    r"""(?P<space>\s+)
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+\- ]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d))
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<money>[A-Za-z]{3}(?:-?\d+\.\d+|-\d+)(?![A-Za-z0-9_]))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<op><>|!=|<=|>=|=|<|>)
  | (?P<punct>[(),:?])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
KNOWN = "nNrRtTbBfF\"'\\_%"
ESCAPE = re.compile(r"\\([uU][0-9A-Fa-f]{4}|.)", re.DOTALL)
MAX_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a statement."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """Return the text for comparison with keywords."""
        return self.text.upper() if self.kind == "name" else self.text


def point_at(statement: str, at: int, message: str) -> str:
    """Write a message under the line that it is about, with row and column."""
    row = statement.count("\n", 0, at) + 1
    start = statement.rfind("\n", 0, at) + 1
    end = statement.find("\n", at)
    line = statement[start : end if end >= 0 else len(statement)]
    column = at - start
    if column > 60:
        line, shown = line[column - 60 :], 60
    else:
        shown = column
    line = line[: shown + 40]
    return f"\n{line}\n{' ' * shown}^\nERROR at Row:{row}:Column:{column + 1}\n{message}"


def malformed(statement: str, at: int, message: str) -> SalesforceError:
    """Return the refusal of a statement that does not follow the grammar."""
    return SalesforceError("MALFORMED_QUERY", point_at(statement, at, message))


def tokenize(statement: str) -> list[Token]:
    """Return the tokens of a statement, closed by an end mark."""
    if len(statement) > MAX_LENGTH:
        raise SalesforceError("MALFORMED_QUERY", "SOQL statement is too long")
    tokens: list[Token] = []
    at = 0
    while at < len(statement):
        match = TOKEN.match(statement, at)
        if match is None:
            char = statement[at]
            what = "unterminated string literal" if char == "'" else f"unexpected token: '{char}'"
            raise malformed(statement, at, what)
        kind = match.lastgroup or ""
        if kind != "space":
            text = re.sub(r"\s", "", match.group()) if kind == "name" else match.group()
            tokens.append(Token(kind, text, at))
        at = match.end()
    tokens.append(Token("end", "<EOF>", len(statement)))
    return tokens


def bad_escape(literal: str) -> str:
    """Return the first escape in a literal that means nothing, if there is one."""
    found = (each for each in ESCAPE.findall(literal) if len(each) == 1 and each not in KNOWN)
    return next((f"\\{each}" for each in found), "")


def unquote(literal: str, *, keep_wildcards: bool = False) -> str:
    """Return the text inside a quoted literal with its escapes resolved."""

    def resolve(match: re.Match[str]) -> str:
        char = match.group(1)
        if len(char) > 1:
            return chr(int(char[1:], 16))
        if keep_wildcards and char in "_%\\":
            return "\\" + char
        return ESCAPES.get(char.lower(), char)

    text = ESCAPE.sub(resolve, literal[1:-1])
    return text.encode("utf-8", "replace").decode("utf-8")
