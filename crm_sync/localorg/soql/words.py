"""Words in texts, as a search sees them."""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[\w*?]+(?:['’]\w+)*")


def plain(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


@lru_cache(maxsize=512)
def pattern(phrase: str) -> re.Pattern[str]:
    """Return what finds a word, or words one after the other, where words begin and end."""
    parts = []
    for word in WORD.findall(plain(phrase)):
        wild = re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w")
        parts.append(wild)
    body = r"\W+".join(parts) or r"(?!)"
    return re.compile(rf"(?<!\w){body}(?!\w)")


def holds(text: object, phrase: str) -> bool:
    """Say whether a value contains a word or phrase."""
    return text is not None and pattern(phrase).search(plain(str(text))) is not None
