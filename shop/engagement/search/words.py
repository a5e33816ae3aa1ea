"""Words as the index knows them: without case, marks and plural, the same for goods and askers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 40
MOST_WORDS_ASKED = 8
LONGEST_QUESTION = 200
# Words that say nothing about goods; they count only where somebody asks for nothing else.
FILLERS = {"a", "an", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
SHORTEST_PLURAL = 4
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "’": "", "'": ""})
_SIBILANT = ("sses", "shes", "ches", "xes", "zes")
_NO_PLURAL = ("ss", "us", "is")


def fold(text: str) -> list[str]:
    """The words of a text in their plain form, in order."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [singular(word[:LONGEST_WORD]) for word in WORD.findall(bare)]


def asked(text: str) -> list[str]:
    """The words of a question: each once, and not more than anybody means."""
    found = list(dict.fromkeys(fold(text[:LONGEST_QUESTION])))
    telling = [word for word in found if word not in FILLERS]
    return (telling or found)[:MOST_WORDS_ASKED]


def singular(word: str) -> str:
    """One of what a plural names; good enough to let "shoes" find a shoe."""
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_SIBILANT):
        return word[:-2]
    return word[:-1]


def trigrams(word: str) -> set[str]:
    """The groups of three letters of a word, its beginning and end marked by blanks."""
    padded = f"  {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def code(text: str) -> str:
    """A SKU or barcode in the spelling that is looked up: letters and digits alone."""
    return "".join(WORD.findall(text[:LONGEST_QUESTION].upper()))[:80]


def joined(texts: Iterable[str]) -> str:
    """The words of several texts as one indexed text."""
    return " ".join(word for text in texts for word in fold(text))


def respelled(text: str, corrections: Mapping[str, str]) -> str:
    """The words of a text as typed, but for those that have a correction."""
    typed = WORD.findall(text[:LONGEST_QUESTION].lower())
    return " ".join(corrections.get(" ".join(fold(word)), word) for word in typed)
