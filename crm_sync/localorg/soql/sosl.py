"""SOSL: finding words in many objects, as one statement for each object."""

import re
from dataclasses import dataclass

from crm_sync.localorg.schema.model import Field, Schema, SObject
from crm_sync.localorg.soql.escape import format_soql
from crm_sync.localorg.soql.tokens import Token, malformed, tokenize

FIND = re.compile(r"\s*FIND\s*\{((?:[^{}\\]|\\.)*)\}", re.IGNORECASE | re.DOTALL)
GROUPS = frozenset(("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"))
PLAIN = frozenset(("string", "email", "phone", "url", "picklist", "textarea", "combobox"))
LONG_TEXT = 255
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Target:
    """One object that is searched, with what is wanted of it."""

    name: str
    fields: str
    where: str = ""
    rest: str = ""


def _words(text: str) -> list[str]:
    text = re.sub(r"\\(.)", r"\1", text)
    found = re.findall(r'"([^"]+)"|(\S+)', text)
    words = [phrase or word for phrase, word in found]
    return [word for word in words if word.upper() not in {"AND", "OR", "NOT"}]


def _pattern(word: str) -> str:
    escaped = word.replace("\\", "").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped.strip('*').replace('*', '%').replace('?', '_')}%"


def _fields(owner: SObject, group: str) -> list[Field]:
    if group == "NAME":
        return [owner.name_field] if owner.name_field else []
    if group in {"EMAIL", "PHONE"}:
        return [one for one in owner.fields.values() if one.type == group.lower()]
    return [
        one
        for one in owner.fields.values()
        if one.type in PLAIN and (one.type != "textarea" or one.length <= LONG_TEXT)
    ]


def _clause(owner: SObject, group: str, words: list[str]) -> str:
    tests = []
    for word in words:
        literal = format_soql(_pattern(word), wildcards=True)
        hits = [f"{one.name} LIKE {literal}" for one in _fields(owner, group)]
        tests.append(f"({' OR '.join(hits)})" if hits else "Id = null")
    return " AND ".join(tests)


class Reader:
    """Reads what follows the search words."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.tokens = tokenize(" " * start + text[start:])
        self.place = 0

    @property
    def here(self) -> Token:
        """Return the token that comes next."""
        return self.tokens[self.place]

    def accept(self, word: str) -> bool:
        """Take the next token if it is that word."""
        if self.here.word != word:
            return False
        self.place += 1
        return True

    def expect(self, kind: str) -> Token:
        """Take a token of that kind or refuse the statement."""
        token = self.here
        if token.kind != kind:
            raise malformed(self.text, token.at, f"unexpected token: '{token.text}'")
        self.place += 1
        return token

    def targets(self) -> list[Target]:
        """Read the list after RETURNING."""
        found = [self._target()]
        while self.accept(","):
            found.append(self._target())
        return found

    def _target(self) -> Target:
        name = self.expect("name").text
        if not self.accept("("):
            return Target(name, "Id")
        marks: dict[str, int] = {}
        start, depth = self.here.at, 1
        while depth:
            token = self.here
            if token.kind == "end":
                raise malformed(self.text, token.at, "unexpected token: '<EOF>'")
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 1 and token.word in {"WHERE", "ORDER", "LIMIT", "OFFSET"}:
                marks.setdefault("WHERE" if token.word == "WHERE" else "REST", token.at)
            self.place += 1
        end = self.tokens[self.place - 1].at
        rest = marks.get("REST", end)
        where = marks.get("WHERE", rest)
        condition = self.text[where:rest].strip()
        return Target(
            name, self.text[start:where].strip(), condition[5:].strip(), self.text[rest:end]
        )


def statements(text: str, schema: Schema) -> tuple[list[str], int]:
    """Return one SOQL statement for each searched object, and the limit over all."""
    match = FIND.match(text)
    if match is None:
        raise malformed(text, 0, "FIND with search words in braces is expected")
    words = _words(match.group(1))
    if not words or all(len(word.strip("*?")) < SHORTEST for word in words):
        raise malformed(text, match.start(1), "search term must be longer than one character")
    reader = Reader(text, match.end())
    group = "ALL"
    if reader.accept("IN"):
        group = reader.expect("name").word
        reader.expect("name")
    if group not in GROUPS:
        raise malformed(text, match.end(), f"unexpected token: '{group}'")
    targets = [Target(each.name, "Id") for each in schema.tables() if not each.setup]
    if reader.accept("RETURNING"):
        targets = reader.targets()
    limit = 2000
    if reader.accept("LIMIT"):
        limit = int(float(reader.expect("number").text))
    reader.expect("end")
    return [_statement(each, schema, group, words) for each in targets], max(limit, 0)


def _statement(target: Target, schema: Schema, group: str, words: list[str]) -> str:
    owner = schema.find(target.name)
    if owner is None:
        return f"SELECT Id FROM {target.name}"
    found = _clause(owner, group, words)
    where = f"({target.where}) AND {found}" if target.where else found
    rest = target.rest if "LIMIT" in target.rest.upper() else f"{target.rest} LIMIT 2000"
    return f"SELECT {target.fields or 'Id'} FROM {owner.name} WHERE {where} {rest}"
