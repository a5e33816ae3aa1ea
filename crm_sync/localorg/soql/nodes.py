"""What a parsed statement consists of."""

from dataclasses import dataclass, field

from crm_sync.localorg.soql.words import Wish


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: its kind, its content and its place."""

    kind: str
    content: object
    at: int
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps through parents."""

    parts: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to a field or to another function."""

    name: str
    argument: "Path | Call | None"
    at: int
    place: "tuple[float, float] | Path | None" = None
    unit: str = ""


Expression = Path | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of an expression with literals."""

    left: Expression
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Semi:
    """A membership test in the result of another query."""

    left: Expression
    negated: bool
    query: "Query"


@dataclass(frozen=True, slots=True)
class Not:
    """A negation."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """Conditions joined by AND or OR."""

    word: str
    parts: tuple["Condition", ...]


Condition = Compare | Semi | Not | Both


@dataclass(frozen=True, slots=True)
class TypeOf:
    """A choice of fields by the type of a polymorphic parent."""

    relation: str
    cases: tuple[tuple[str, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Column:
    """One entry of the select list."""

    what: "Expression | Query | TypeOf"
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key."""

    by: Expression
    descending: bool
    nulls_last: bool | None


@dataclass(slots=True)
class Query:
    """A whole statement or a subquery."""

    text: str
    # Where a subquery begins, goes on behind its source, and ends.
    place: tuple[int, int, int] = (0, 0, 0)
    columns: list[Column] = field(default_factory=list)
    source: str = ""
    source_at: int = 0
    alias: str = ""
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    search: tuple[str, Wish] | None = None
    scope: str = ""
    where: Condition | None = None
    group: list[Expression] = field(default_factory=list)
    subtotals: str = ""
    having: Condition | None = None
    order: list[Sort] = field(default_factory=list)
    limit: int | None = None
    offset: int | None = None
    all_rows: bool = False
    count_only: bool = False
