"""What a component wants to be there as records."""

from dataclasses import dataclass, field

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to another record, by what it is called or by one of its columns."""

    object: str
    name: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record that has to be there, under the name that tells it from its siblings."""

    object: str
    name: str
    values: Values = field(default_factory=dict)
