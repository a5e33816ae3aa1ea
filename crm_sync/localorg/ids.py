"""Record ids: fifteen case-sensitive characters and a checksum of three."""

import re
import secrets
import threading
from collections.abc import Iterable

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SALT_SIZE = 4
ID_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?\Z")


def to_18(short: str) -> str:
    """Append the checksum that makes an id safe for tools that ignore case."""
    tail = ""
    for start in range(0, 15, 5):
        bits = sum(
            1 << place for place, char in enumerate(short[start : start + 5]) if "A" <= char <= "Z"
        )
        tail += CHECKSUM[bits]
    return short + tail


def is_id(value: object) -> bool:
    """Say whether a value has the form of a record id."""
    return isinstance(value, str) and ID_SHAPE.match(value) is not None


def normalize(value: str) -> str | None:
    """Return the 18-character form of an id, or None for something else."""
    if not is_id(value):
        return None
    full = to_18(value[:15])
    if len(value) == 18 and value[15:].upper() != full[15:]:
        return None
    return full


def new_salt() -> str:
    """Return the part that tells the ids of one org from those of another."""
    return "Lo" + "".join(secrets.choice(ALPHABET) for _ in range(SALT_SIZE - 2))


def from_number(prefix: str, salt: str, number: int) -> str:
    """Return the id that stands for the n-th record of a kind."""
    digits = ""
    for _ in range(12 - SALT_SIZE):
        number, rest = divmod(number, 62)
        digits = ALPHABET[rest] + digits
    return to_18(prefix + salt + digits)


def to_number(record_id: str) -> int:
    """Return the counter inside an id that this org made."""
    number = 0
    for char in record_id[3 + SALT_SIZE : 15]:
        number = number * 62 + ALPHABET.index(char)
    return number


class IdFactory:
    """Hands out ids, one counter for each prefix."""

    def __init__(self, salt: str) -> None:
        self.salt = salt
        self._last: dict[str, int] = {}
        self._lock = threading.Lock()

    def start_after(self, prefix: str, last_id: str | None) -> None:
        """Continue behind the highest id found in the store; one given out may not be there yet."""
        made_here = last_id is not None and last_id[3 : 3 + SALT_SIZE] == self.salt
        found = to_number(last_id) if made_here and last_id else 0
        with self._lock:
            self._last[prefix] = max(found, self._last.get(prefix, 0))

    def start_over(self, prefixes: Iterable[str]) -> None:
        """Forget what records were given: those of another time are back."""
        with self._lock:
            for prefix in prefixes:
                self._last.pop(prefix, None)

    def next(self, prefix: str) -> str:
        """Return an id that was never used before."""
        with self._lock:
            number = self._last.get(prefix, 0) + 1
            self._last[prefix] = number
        return from_number(prefix, self.salt, number)
