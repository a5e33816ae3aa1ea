"""When two values look alike: the methods of matching rules, as far as they can be told."""

import re
import sqlite3
import unicodedata
from difflib import SequenceMatcher

FUNCTION = "_alike"
EXACT = "Exact"
LEAST = 0.85
LEGAL_FORMS = frozenset(
    [
        "the",
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "llc",
        "llp",
        "pvt",
        "private",
        "corp",
        "corporation",
        "co",
        "company",
        "gmbh",
        "ag",
        "plc",
        "sa",
        "srl",
        "bv",
        "oy",
        "ab",
        "pty",
    ]
)
NICKNAMES = {
    "alex": "alexander",
    "andy": "andrew",
    "bill": "william",
    "bob": "robert",
    "cathy": "catherine",
    "dan": "daniel",
    "dave": "david",
    "jim": "james",
    "joe": "joseph",
    "jon": "jonathan",
    "kate": "katherine",
    "liz": "elizabeth",
    "matt": "matthew",
    "mike": "michael",
    "nick": "nicholas",
    "rob": "robert",
    "steve": "steven",
    "sue": "susan",
    "tom": "thomas",
    "tony": "anthony",
    "will": "william",
}
STREETS = {"st": "street", "rd": "road", "ave": "avenue", "blvd": "boulevard", "ln": "lane"}
PHONE_DIGITS = 10
WHOLE = frozenset((EXACT, "Phone", "Zip"))


def _words(value: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", value)
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"\w+", kept.lower().replace("'", ""))


def normal(method: str, value: str) -> str:
    """Return a value without what a method does not look at."""
    if method == EXACT:
        return value.strip().lower()
    if method == "Phone":
        return re.sub(r"\D", "", value)[-PHONE_DIGITS:]
    words = _words(value)
    if method == "Zip":
        return "".join(words)[:5]
    if method == "CompanyName":
        words = [word for word in words if word not in LEGAL_FORMS] or words
    elif method == "FirstName":
        words = [NICKNAMES.get(word, word) for word in words]
    elif method == "Street":
        words = [STREETS.get(word, word) for word in words]
    return " ".join(words)


def alike(method: str, left: object, right: object) -> int:
    """Say whether two filled values look alike."""
    if left is None or right is None:
        return 0
    first, second = normal(method, str(left)), normal(method, str(right))
    if not first or not second:
        return 0
    if first == second or method in WHOLE:
        return int(first == second)
    if method == "FirstName" and 1 in {len(first), len(second)}:
        return int(first[0] == second[0])
    return int(SequenceMatcher(None, first, second).ratio() >= LEAST)


def install(connection: sqlite3.Connection) -> None:
    """Make the comparison known to a connection."""
    connection.create_function(FUNCTION, 3, alike, deterministic=True)
