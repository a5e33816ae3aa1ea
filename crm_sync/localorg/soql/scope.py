"""Names inside one SELECT: its object, its joins, its parameters."""

from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula import around, calculated, configured
from crm_sync.localorg.schema.model import Field, Schema, SObject
from crm_sync.localorg.soql.nodes import Path
from crm_sync.localorg.soql.tokens import point_at
from crm_sync.localorg.store.tables import quote

MAX_UP = 5
SHALLOW = 8
HINT = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom "
    "field name. Please reference your WSDL or the describe call for the appropriate names."
)
PLACES = frozenset(("address", "location"))
NAME_FIELDS = (
    "Id",
    "Name",
    "FirstName",
    "LastName",
    "Email",
    "Phone",
    "Username",
    "Title",
    "Alias",
    "IsActive",
    "ProfileId",
    "UserRoleId",
)


def joined(word: str, tests: list[str]) -> str:
    """Join conditions as a tree that stays shallow however many they are."""
    if len(tests) < SHALLOW:
        return f"({f' {word} '.join(tests)})"
    middle = len(tests) // 2
    return f"({joined(word, tests[:middle])} {word} {joined(word, tests[middle:])})"


@dataclass(slots=True)
class Environment:
    """What every part of a compilation shares."""

    schema: Schema
    text: str
    today: date
    zone: ZoneInfo
    whole: Schema
    all_rows: bool = False
    aliases: int = 0
    user_id: str = ""
    locale: str = ""
    level: int = 1

    def alias(self) -> str:
        """Return a table alias that is not in use."""
        self.aliases += 1
        return f"t{self.aliases}"

    def refuse(self, code: str, at: int, message: str) -> SalesforceError:
        """Return a refusal that points into the statement."""
        return SalesforceError(code, point_at(self.text, at, message))


@dataclass(frozen=True, slots=True)
class Resolved:
    """A field in SQL, with what is needed to read and compare it."""

    sql: str
    field: Field
    owner: SObject
    joined: bool


@dataclass(slots=True)
class Scope:
    """Resolves paths to columns and collects the joins they need."""

    env: Environment
    owner: SObject
    name: str = ""
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    table: str = ""
    joins: dict[tuple[str, ...], str] = field(default_factory=dict)
    join_sql: list[str] = field(default_factory=list)
    params: list[object] = field(default_factory=list)
    # Whether functions may sum up rows where the statement is read at present.
    sums: bool = False
    subtotals: bool = False

    def __post_init__(self) -> None:
        """Give the object's table its alias."""
        self.table = self.env.alias()

    def bind(self, value: object) -> str:
        """Add a parameter."""
        self.params.append(value)
        return "?"

    def source(self) -> str:
        """Return the FROM clause with all joins that were needed."""
        return " ".join([f"{quote(self.owner.name)} AS {self.table}", *self.join_sql])

    def parts_of(self, path: Path) -> tuple[str, ...]:
        """Return a path without a leading alias or object name."""
        first = path.parts[0].lower()
        if len(path.parts) > 1 and first in self.named:
            return (*self.named[first], *path.parts[1:])
        is_parent = first in self.owner.relationships
        names = {self.name.lower(), self.owner.name.lower()}
        strip = len(path.parts) > 1 and not is_parent and first in names
        return path.parts[1:] if strip else path.parts

    def no_column(self, at: int, name: str, owner: str) -> SalesforceError:
        """Return the refusal of an unknown field."""
        return self.env.refuse(
            "INVALID_FIELD", at, f"No such column '{name}' on entity '{owner}'. {HINT}"
        )

    def resolve(self, path: Path) -> Resolved:
        """Return the column a path leads to, joining parents on the way."""
        return self._walk(self.parts_of(path), path, self.env.schema, 0)

    def _walk(self, parts: tuple[str, ...], path: Path, schema: Schema, formulas: int) -> Resolved:
        alias, owner = self.table, schema.require(self.owner.name)
        for depth, step in enumerate(parts[:-1]):
            reference = self.relationship(owner, step, path.at)
            if depth >= MAX_UP:
                message = "maximum number of parent relationship levels exceeded"
                raise self.env.refuse("INVALID_FIELD", path.at, message)
            if len(reference.refers) > 1:
                return self._polymorphic(alias, reference, parts[depth + 1 :], path)
            alias = self._join(parts[: depth + 1], alias, reference)
            owner = schema.require(reference.refers[0])
        found = owner.find(parts[-1])
        if found is None:
            raise self.no_column(path.at, parts[-1], owner.name)
        if found.formula:
            return self._calculated(parts, owner, found, path, formulas)
        if found.type in PLACES and formulas:
            names = [each for each in found.degrees if owner.find(each) is not None]
            columns = ", ".join(f"{alias}.{quote(each)}" for each in names)
            return Resolved(f"json_array({columns})", found, owner, True)
        return Resolved(f"{alias}.{quote(found.name)}", found, owner, len(parts) > 1)

    def _calculated(
        self, parts: tuple[str, ...], owner: SObject, field: Field, path: Path, formulas: int
    ) -> Resolved:
        """Return the call that works a formula field out; it may look at what the user may not."""
        if formulas > calculated.MAX_DEPTH:
            raise self.env.refuse("INVALID_FIELD", path.at, f"{field.name} refers to itself")
        columns = [
            self._global(each)
            or self._walk(
                (*parts[:-1], *calculated.relative(each)), path, self.env.whole, formulas + 1
            ).sql
            for each in calculated.read(field.formula)[1]
        ]
        values = ", ".join((f"'{owner.name}'", f"'{field.name}'", *columns))
        sql = f"{calculated.FUNCTION}({values})"
        return Resolved(sql, field, owner, len(parts) > 1)

    def _global(self, path: tuple[str, ...]) -> str:
        """Return what a name with a dollar stands for, if it is about more than the record."""
        first = path[0].lower()
        if around.is_constant(path):
            return around.constant_sql(path)
        if configured.is_configured(path):
            return configured.sql_of(self.env.whole, path, self.env.user_id)
        if first != around.ORGANIZATION and first not in around.USERS:
            return ""
        found = calculated.follow(self.env.whole, self.owner, path)
        if found.formula:
            return "NULL"
        if first == around.ORGANIZATION:
            return f"(SELECT {quote(found.name)} FROM Organization LIMIT 1)"
        # An id is letters and digits, nothing that needs quoting.
        user = f"FROM User WHERE Id = '{self.env.user_id}'"
        for step in around.USERS[first]:
            user = f"FROM {step} WHERE Id = (SELECT {step}Id {user})"
        return f"(SELECT {quote(found.name)} {user})"

    def relationship(self, owner: SObject, step: str, at: int) -> Field:
        """Return the reference behind a relationship name."""
        found = owner.relationships.get(step.lower())
        if found is None:
            message = f"Didn't understand relationship '{step}' in field path. {HINT}"
            raise self.env.refuse("INVALID_FIELD", at, message)
        return found

    def _join(self, parts: tuple[str, ...], alias: str, reference: Field) -> str:
        key = tuple(part.lower() for part in parts)
        if key not in self.joins:
            made = self.env.alias()
            table = quote(reference.refers[0])
            condition = f"{made}.Id = {alias}.{quote(reference.name)}"
            self.join_sql.append(f"LEFT JOIN {table} AS {made} ON {condition}")
            self.joins[key] = made
        return self.joins[key]

    def _polymorphic(
        self, alias: str, reference: Field, rest: tuple[str, ...], path: Path
    ) -> Resolved:
        column = f"{alias}.{quote(reference.name)}"
        targets = [self.env.schema.require(name) for name in reference.refers]
        if len(rest) > 1:
            raise self.no_column(path.at, rest[0], "Name")
        if rest[0].lower() == "type":
            cases = " ".join(f"WHEN '{each.prefix}' THEN '{each.name}'" for each in targets)
            return Resolved(
                f"(CASE substr({column}, 1, 3) {cases} END)",
                Field("Type", "Type", "string", length=40),
                targets[0],
                joined=True,
            )
        return self._choose(column, targets, rest[0], path)

    def _choose(self, column: str, targets: list[SObject], name: str, path: Path) -> Resolved:
        known = next((each for each in NAME_FIELDS if each.lower() == name.lower()), None)
        if known is None:
            raise self.no_column(path.at, name, "Name")
        choices: list[tuple[SObject, Field]] = []
        for each in targets:
            found = each.name_field if known == "Name" else each.find(known)
            if found is not None:
                choices.append((each, found))
        if not choices:
            raise self.no_column(path.at, name, "Name")
        selects = [
            f"(SELECT p.{quote(one.name)} FROM {quote(each.name)} p WHERE p.Id = {column})"
            for each, one in choices
        ]
        sql = f"COALESCE({', '.join([*selects, 'NULL'])})"
        shown = choices[0][1]
        if known == "Name":
            shown = Field("Name", "Name", "string", length=255)
        return Resolved(sql, shown, choices[0][0], joined=True)
