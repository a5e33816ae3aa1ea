"""Words in texts, and what a search wants of them."""

import re
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[\w*?]+")
TERM = re.compile(r'"(?P<phrase>[^"]*)"|(?P<punct>[()])|(?P<word>[^\s()"]+)')
# A word begins inside another where small letters turn into capitals: SampleAccount.
INNER = re.compile(r"(?<=[a-z])(?=[A-Z])")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
OPERATORS = frozenset(("AND", "OR", "NOT"))
SHORTEST = 2
MOST_TERMS = 100


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word, or words one after the other."""

    text: str


@dataclass(frozen=True, slots=True)
class Without:
    """Something that must not be found."""

    inner: "Wish"


@dataclass(frozen=True, slots=True)
class Together:
    """Several things that must all be found, or one of them."""

    word: str
    parts: tuple["Wish", ...]


Wish = Phrase | Without | Together


@lru_cache(maxsize=512)
def pattern(phrase: str) -> re.Pattern[str]:
    """Return what finds a word, or words one after the other, where words begin and end."""
    parts = [
        re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w")
        for word in WORD.findall(phrase.casefold())
    ]
    body = r"\W+".join(parts) or r"(?!)"
    return re.compile(rf"(?<!\w){body}(?!\w)")


def holds(text: object, phrase: str) -> bool:
    """Say whether a value contains a word or phrase."""
    if text is None:
        return False
    found, whole = pattern(phrase), str(text)
    if found.search(whole.casefold()):
        return True
    apart = INNER.sub(" ", whole)
    return apart != whole and found.search(apart.casefold()) is not None


def likeness(phrase: str) -> str:
    """Return a LIKE pattern that every value with the phrase fits, or nothing."""
    pieces = re.split(r"[\W_*?]+", phrase) if phrase.isascii() else []
    longest = max(pieces, key=len, default="")
    return f"%{longest}%" if longest else ""


class WishParser:
    """Reads what stands between the braces of FIND."""

    def __init__(self, text: str) -> None:
        plain = ESCAPED.sub(lambda found: _unescaped(found.group(1)), text)
        self.terms = list(TERM.finditer(plain))
        self.place = 0

    def parse(self) -> Wish | None:
        """Return the wish; nothing without words, with too many, or a parenthesis too few."""
        if len(self.terms) > MOST_TERMS:
            return None
        found = self._either()
        return found if self.place == len(self.terms) else None

    @property
    def _word(self) -> str:
        if self.place == len(self.terms):
            return ""
        term = self.terms[self.place]
        return term.group("punct") or (term.group("word") or "").upper()

    def _either(self) -> Wish | None:
        parts = [self._all()]
        while self._word == "OR":
            self.place += 1
            parts.append(self._all())
        return _joined("OR", parts)

    def _all(self) -> Wish | None:
        parts: list[Wish | None] = []
        while self.place < len(self.terms) and self._word not in {"OR", ")"}:
            self.place += self._word == "AND"
            parts.append(self._one())
        return _joined("AND", parts)

    def _one(self) -> Wish | None:
        if self._word == "NOT":
            self.place += 1
            inner = self._one()
            return Without(inner) if inner is not None else None
        if self.place == len(self.terms):
            return None
        opens = self._word == "("
        term = self.terms[self.place]
        self.place += 1
        if not opens:
            text = term.group("phrase") or term.group("word") or ""
            return Phrase(text) if WORD.search(text) else None
        inner = self._either()
        self.place += self._word == ")"
        return inner


def _unescaped(char: str) -> str:
    return " " if char in '*?()"{}' else char


def _joined(word: str, parts: list[Wish | None]) -> Wish | None:
    found = tuple(part for part in parts if part is not None)
    return found[0] if len(found) == 1 else Together(word, found) if found else None


def phrases(wish: Wish | None) -> list[str]:
    """Return the texts that are looked for."""
    if isinstance(wish, Phrase):
        return [wish.text]
    if isinstance(wish, Together):
        return [text for part in wish.parts for text in phrases(part)]
    return phrases(wish.inner) if wish is not None else []


def is_long_enough(wish: Wish | None) -> bool:
    """Say whether a search asks for more than single characters."""
    return any(len(text.strip("*?")) >= SHORTEST for text in phrases(wish))
