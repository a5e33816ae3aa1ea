"""What goes over the wire, read from the tables in the data folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
PLAIN = frozenset(
    ("string", "boolean", "int", "double", "dateTime", "date", "anyType", "base64Binary", "byte")
)
GROUPS = {
    "session": "SessionHeader CallOptions",
    "reading": "SessionHeader CallOptions QueryOptions PackageVersionHeader LocaleOptions",
    "writing": (
        "SessionHeader CallOptions AssignmentRuleHeader MruHeader AllOrNoneHeader "
        "AllowFieldTruncationHeader DisableFeedTrackingHeader DuplicateRuleHeader EmailHeader "
        "LocaleOptions OwnerChangeOptions PackageVersionHeader UserTerritoryDeleteHeader"
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a type."""

    name: str
    type: str
    nil: bool = False
    optional: bool = False
    many: bool = False


@dataclass(slots=True)
class Type:
    """A type with its parts in the order in which they are sent."""

    name: str
    base: str = ""
    parts: list[Part] = field(default_factory=list)
    open: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: which headers it takes, what it is given, what it answers."""

    name: str
    headers: tuple[str, ...]
    given: tuple[Part, ...]
    result: Part | None


@dataclass(slots=True)
class Contract:
    """One service."""

    types: dict[str, Type] = field(default_factory=dict)
    headers: dict[str, Type] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)

    def parts(self, name: str) -> Iterator[Part]:
        """Yield the parts of a type, those of its base first."""
        known = self.types.get(name)
        if known is not None:
            if known.base:
                yield from self.parts(known.base)
            yield from known.parts


def _part(text: str) -> Part:
    name, kind, *marks = text.split()
    mark = "".join(marks)
    return Part(name, kind, nil="~" in mark, optional="?" in mark, many="*" in mark)


def _operation(line: str) -> Operation:
    name, headers, given, result = (each.strip() for each in line.split("|"))
    named = GROUPS.get(headers, headers).split()
    parts = tuple(_part(each) for each in given.split(",") if each.strip())
    return Operation(name, tuple(named), parts, _part(f"result {result}") if result else None)


def _begin(contract: Contract, line: str) -> Type | None:
    word, rest = line.split(" ", 1)
    if word == "call":
        operation = _operation(rest)
        contract.operations[operation.name] = operation
        return None
    name, _, base = rest.partition(" of ")
    made = Type(name.strip(), base.strip())
    (contract.headers if word == "header" else contract.types)[made.name] = made
    return made


@cache
def load(name: str) -> Contract:
    """Read the table of one service."""
    contract = Contract()
    present: Type | None = None
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not line.startswith(" "):
            present = _begin(contract, text)
        elif present is not None and text == "any":
            present.open = True
        elif present is not None:
            present.parts.append(_part(text))
    return contract
