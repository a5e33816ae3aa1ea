"""Letters beyond ASCII: the store ignores case for ASCII alone, the platform for every script."""

import re
from itertools import product

FOLD = "_fold"
MOST_VARIANTS = 64
WILD = re.compile(r"\\(.)|([%_])|([*?\[])", re.DOTALL)


def fold(text: object) -> str | None:
    """Return a text in small letters."""
    return None if text is None else str(text).lower()


def is_beyond_ascii(text: str) -> bool:
    """Say whether a text holds letters with a case that the store does not know."""
    return not text.isascii() and any(
        not one.isascii() and one.lower() != one.upper() for one in text
    )


def variants(text: str) -> list[str]:
    """Return a text in every case of its letters beyond ASCII, or nothing if that are too many."""
    choices = [_cases(one) for one in text]
    count = 1
    for each in choices:
        count *= len(each)
        if count > MOST_VARIANTS:
            return []
    return ["".join(each) for each in product(*choices)]


def _cases(letter: str) -> list[str]:
    if letter.isascii():
        return [letter]
    return sorted({one for one in (letter, letter.lower(), letter.upper()) if len(one) == 1})


def _as_glob(match: re.Match[str]) -> str:
    escaped, wild, special = match.groups()
    if wild:
        return {"%": "*", "_": "?"}[wild]
    plain = escaped or special
    return f"[{plain}]" if plain in "*?[" else plain


def as_glob(pattern: str) -> str:
    """Return a pattern in the form that minds the case of letters."""
    return WILD.sub(_as_glob, pattern)
