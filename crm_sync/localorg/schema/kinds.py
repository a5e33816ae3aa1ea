"""The kinds of metadata the platform knows: where their files live and what they end with."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "kinds.txt"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of metadata."""

    name: str
    folder: str
    suffix: str
    in_folder: bool = False
    has_content: bool = False
    is_bundle: bool = False
    parts: tuple[str, ...] = ()

    @property
    def has_files(self) -> bool:
        """Say whether one component consists of several files."""
        return self.has_content or self.is_bundle


def _words(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split())


def _kind(line: str) -> Kind:
    name, folder, suffix, marks, parts = (each.strip() for each in line.split("|"))
    return Kind(
        name,
        folder,
        "" if suffix == "-" else suffix,
        "folder" in marks,
        "meta" in marks,
        "bundle" in marks,
        _words(parts),
    )


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its name."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    found = (_kind(line) for line in lines if line and not line.startswith("#"))
    return {each.name: each for each in found}


@cache
def _places() -> dict[tuple[str, str], Kind]:
    found: dict[tuple[str, str], Kind] = {}
    for each in kinds().values():
        found[each.folder, each.suffix] = each
        found.setdefault((each.folder, ""), each)
    return found


def kind_at(folder: str, suffix: str) -> Kind | None:
    """Return the kind whose files live in a folder and end with a suffix."""
    return _places().get((folder, suffix)) or _places().get((folder, ""))
