"""Names in addresses: lower-case ASCII, unique, and never empty."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from itertools import count

MAX_LENGTH = 200
CLASHES_TRIED = 40
# Letters that do not come apart into a base letter and a mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ł": "l", "Ł": "L"})


def slugify(text: str) -> str:
    """The ASCII letters and digits of a text, parted by hyphens; empty where there are none."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    ascii_text = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:MAX_LENGTH].strip("-")


def base_slug(wanted: str, name: str, key: str) -> str:
    """What a slug should be: as asked for, else from the name, else the end of the key."""
    return slugify(wanted) or slugify(name) or key[-8:].lower()


def first_free(base: str, taken: Collection[str]) -> str:
    """The base itself, or the base with the first number that is free."""
    if base not in taken:
        return base
    return next(slug for number in count(2) if (slug := f"{base}-{number}") not in taken)


def clash_candidates(bases: Iterable[str]) -> list[str]:
    """Everything that may be tried for some bases, so that one query can ask for all."""
    return [
        candidate
        for base in set(bases)
        for candidate in (base, *(f"{base}-{number}" for number in range(2, CLASHES_TRIED)))
    ]


def assign_free(bases: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """A free slug for each key at once; none is given twice."""
    used = set(taken)
    slugs: dict[str, str] = {}
    for key, base in bases.items():
        slug = first_free(base, used)
        is_known_free = slug == base or int(slug[len(base) + 1 :]) < CLASHES_TRIED
        # With more clashes than were asked for, the key makes it unique.
        slugs[key] = slug if is_known_free else f"{base}-{key[-8:].lower()}"
        used.add(slugs[key])
    return slugs
