"""List views of the metadata as statements: columns and filters."""

import re
from dataclasses import dataclass

from crm_sync.localorg.schema.criteria import Condition
from crm_sync.localorg.schema.listed import ListView
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field, Schema, SObject

# Names of columns from before fields had names of their own.
OLD_NAMES = {
    "CORE.USERS.ALIAS": "Owner.Alias",
    "CREATEDBY_USER": "CreatedBy.Name",
    "CREATEDBY_USER.ALIAS": "CreatedBy.Alias",
    "FULL_NAME": "Name",
    "LAST_UPDATE": "LastModifiedDate",
    "OWNER.ALIAS": "Owner.Alias",
    "OWNER.FIRST_NAME": "Owner.FirstName",
    "OWNER.LAST_NAME": "Owner.LastName",
    "RECORDTYPE": "RecordType.Name",
    "UPDATEDBY_USER": "LastModifiedBy.Name",
    "UPDATEDBY_USER.ALIAS": "LastModifiedBy.Alias",
}
PARTS = {"ADDRESS1_CITY": "BillingCity", "ADDRESS1_STATE": "BillingState"}
PARTS |= {"LAST_UPDATE": "LastModifiedDate", "PHONE1": "Phone", "EMAIL1": "Email", "URL": "Website"}
SIGNS = {
    "equals": "=",
    "notEqual": "!=",
    "lessThan": "<",
    "greaterThan": ">",
    "lessOrEqual": "<=",
    "greaterOrEqual": ">=",
}
SHAPES = {"contains": "%{}%", "notContain": "%{}%", "startsWith": "{}%"}
NEGATED = frozenset(("notEqual", "notContain", "excludes"))
SCOPES = {"Mine": "mine", "MineAndMyGroups": "mine_and_my_groups"}
BARE = frozenset(("boolean", "date", "datetime", "int", *NUMBER_TYPES))
US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def _plain(text: str) -> str:
    return text.replace("_", "").lower()


def _parent(schema: Schema, owner: SObject, name: str) -> tuple[str, SObject] | None:
    for link in owner.fields.values():
        parent = schema.find(link.refers[0]) if len(link.refers) == 1 else None
        if parent is not None and link.relationship and _plain(parent.name) == _plain(name):
            return link.relationship, parent
    return None


def column(schema: Schema, owner: SObject, text: str) -> tuple[str, Field] | None:
    """Return the path of a column and the field at its end, by a new name or an old one."""
    path = OLD_NAMES.get(text, text)
    *heads, last = path.split(".")
    prefix = ""
    if heads and _plain(heads[-1]).rstrip("s") != _plain(owner.name).rstrip("s"):
        link = owner.relationships.get(heads[-1].lower())
        above = schema.find(link.refers[0]) if link is not None and link.refers else None
        found = (heads[-1], above) if above is not None else _parent(schema, owner, heads[-1])
        if found is None:
            return None
        prefix, owner = f"{found[0]}.", found[1]
    wanted = {_plain(last), _plain(PARTS.get(last, last)), f"{_plain(last)}date"}
    if last == "STAGE_NAME" or last == "STAGE":
        wanted.add("stagename")
    field = next((one for one in owner.fields.values() if _plain(one.name) in wanted), None)
    return (f"{prefix}{field.name}", field) if field is not None else None


def _literal(field: Field, value: str) -> str:
    if field.type == "boolean":
        return "true" if value.lower() in {"1", "true"} else "false"
    day = US_DAY.match(value)
    if field.type in {"date", "datetime"} and day:
        month, number, year = day.groups()
        value = f"{year}-{int(month):02}-{int(number):02}"
        return value if field.type == "date" else f"{value}T00:00:00Z"
    if field.type in BARE:
        return value or "null"
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'" if value else "null"


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a list view as a statement has it."""

    field: str
    operator: str
    values: tuple[str, ...]
    negated: bool = False

    @property
    def text(self) -> str:
        """Return the condition in SOQL."""
        if self.operator in {"IN", "NOT IN", "INCLUDES", "EXCLUDES"}:
            return f"{self.field} {self.operator} ({', '.join(self.values)})"
        joined = " OR ".join(f"{self.field} {self.operator} {each}" for each in self.values)
        shown = f"({joined})" if len(self.values) > 1 or self.negated else joined
        return f"(NOT {shown})" if self.negated else shown


def condition(schema: Schema, owner: SObject, item: Condition) -> Test | None:
    """Return a filter of a list view as a condition."""
    found = column(schema, owner, item.field)
    if found is None:
        return None
    path, field = found
    given = [each.strip() for each in item.value.split(",")]
    if item.operation in {"includes", "excludes"}:
        return Test(path, item.operation.upper(), tuple(_literal(field, each) for each in given))
    if item.operation in SHAPES:
        shape = SHAPES[item.operation]
        values = tuple(_literal(field, shape.format(each)) for each in given)
        return Test(path, "LIKE", values, item.operation in NEGATED)
    values = tuple(_literal(field, each) for each in given)
    if len(values) > 1 and item.operation in {"equals", "notEqual"}:
        return Test(path, "NOT IN" if item.operation in NEGATED else "IN", values)
    return Test(path, SIGNS.get(item.operation, "="), values[:1])


def tests(schema: Schema, owner: SObject, view: ListView) -> list[Test | None]:
    """Return every filter of a list view."""
    return [condition(schema, owner, each) for each in view.filters.items]


def where(view: ListView, found: list[Test | None]) -> str:
    """Return the conditions joined as the view says, without those that are not understood."""
    texts = [each.text if each is not None else "Id != null" for each in found]
    if not view.filters.logic:
        return " AND ".join(texts)
    words = view.filters.logic.replace("(", "( ").replace(")", " )").split()
    return " ".join(texts[int(word) - 1] if word.isdigit() else word.upper() for word in words)
