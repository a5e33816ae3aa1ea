"""Whether a record meets criteria."""

from collections.abc import Callable
from datetime import date, datetime

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula.calculated import stored as evaluated
from crm_sync.localorg.formula.values import FormulaError, Scene, text, truth
from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.validation import Lookup, compiled
from crm_sync.localorg.schema.criteria import Condition, Criteria, joined
from crm_sync.localorg.schema.dependencies import SOURCE
from crm_sync.localorg.schema.model import Field, Schema, SObject

USER = "User"
UNFIT = "Value does not exist or does not match filter criteria."
LIST = ","
Test = Callable[[str, str], bool]


def _is_part(found: str, wanted: str) -> bool:
    return wanted in found


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _order(found: str, wanted: str) -> int | None:
    left, right = _number(found), _number(wanted)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    if not found or not wanted:
        return None
    return (found > wanted) - (found < wanted)


def _same(found: str, wanted: str) -> bool:
    order = _order(found, wanted)
    return found == wanted or order == 0


ANY: dict[str, Test] = {
    "equals": _same,
    "contains": _is_part,
    "startsWith": str.startswith,
    "includes": lambda found, wanted: wanted in found.split(";"),
}
NONE: dict[str, str] = {"notEqual": "equals", "notContain": "contains", "excludes": "includes"}
SIGNS: dict[str, Callable[[int], bool]] = {
    "lessThan": lambda sign: sign < 0,
    "greaterThan": lambda sign: sign > 0,
    "lessOrEqual": lambda sign: sign <= 0,
    "greaterOrEqual": lambda sign: sign >= 0,
}


def path_of(owner: SObject, name: str) -> tuple[str, ...]:
    """Return the steps to a field that criteria name by its object."""
    first, _, rest = name.partition(".")
    if not rest:
        return (first,)
    if first == owner.name:
        return tuple(rest.split("."))
    if first.startswith("$"):
        start = () if name.startswith(SOURCE) else (first,)
        return (*start, *rest.split("."))
    if first == USER:
        return ("$User", rest)
    links = (one for one in owner.fields.values() if one.relationship)
    link = next((one for one in links if first in one.refers and len(one.refers) == 1), None)
    return (link.relationship if link is not None else first, *rest.split("."))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return clock.to_wire(value)
    if isinstance(value, date):
        return value.isoformat()
    return text(value)


def matches(operation: str, found: object, wanted: str) -> bool:
    """Compare a value; several wanted ones stand between commas. Texts ignore case."""
    shown, choices = _plain(found).lower(), wanted.lower()
    if operation in SIGNS:
        order = _order(shown, choices)
        return order is not None and SIGNS[operation](order)
    test = ANY.get(NONE.get(operation, operation), _same)
    parts = [each.strip() for each in choices.split(LIST)] if choices else [""]
    is_met = test(shown, choices) or any(test(shown, each) for each in parts)
    return is_met is not (operation in NONE)


class Judge:
    """Looks at one record."""

    def __init__(
        self,
        ctx: Context,
        owner: SObject,
        row: Values,
        user_id: str,
        source: "Judge | None" = None,
    ) -> None:
        self.ctx = ctx
        self.source = source or self
        self.lookup = Lookup(ctx, owner, row, user_id=user_id)
        self.owner, self.row = owner, row

    def meets(
        self, criteria: Criteria, prior: Values | None = None, *, is_new: bool = False
    ) -> bool:
        """Say whether the record meets criteria; what cannot be worked out is not met."""
        try:
            if criteria.formula:
                return truth(self.formula(criteria.formula, prior, is_new=is_new))
            return joined(criteria.logic, [self.holds(each) for each in criteria.items])
        except (FormulaError, OverflowError, ValueError, RecursionError):
            return False

    def formula(self, source: str, prior: Values | None = None, *, is_new: bool = False) -> object:
        """Return what a formula makes of the record."""
        moment = clock.now()
        before = Lookup(self.ctx, self.owner, prior or self.row, user_id=self.lookup.user_id)
        today = moment.astimezone(self.ctx.zone).date()
        return compiled(source)(Scene(self.lookup, before, is_new, moment, today))

    def stored(self, name: str, source: str) -> object:
        """Return what a formula makes of the record, as a field keeps it."""
        field = self.owner.find(name)
        return evaluated(field, self.formula(source)) if field is not None else None

    def holds(self, each: Condition) -> bool:
        """Say whether one condition holds."""
        if each.field.startswith(SOURCE) and self.source is not self:
            return self.source.holds(each)
        path = path_of(self.owner, each.field)
        if each.other:
            return matches(each.operation, self.lookup(path), self._other(each.other))
        if path[-1] == "RecordTypeId":
            kinds = [(*path[:-1], "RecordType", name) for name in ("Name", "DeveloperName")]
            held = [matches(each.operation, self.lookup(kind), each.value) for kind in kinds]
            return all(held) if each.operation in NONE else any(held)
        return matches(each.operation, self.lookup(path), each.value)

    def _other(self, name: str) -> str:
        return _plain(self.source.lookup(path_of(self.source.owner, name)))


def field_at(schema: Schema, owner: SObject, name: str) -> Field | None:
    """Return the field that criteria name."""
    path = path_of(owner, name)
    if path[0].startswith("$"):
        return schema.require(USER).find(path[-1]) if path[0] == "$User" else None
    for step in path[:-1]:
        link = owner.relationships.get(step.lower())
        parent = schema.find(link.refers[0]) if link is not None and link.refers else None
        if parent is None:
            return None
        owner = parent
    return owner.find(path[-1])


def check_filters(ctx: Context, change: Change) -> None:
    """Refuse links to records that a lookup filter keeps out."""
    user = change.options.user_id
    judge = Judge(ctx, change.owner, change.new, user)
    for field in change.owner.habits.filtered:
        value, wish = change.new.get(field.name), field.lookup_filter
        if not isinstance(value, str) or wish is None or wish.is_optional:
            continue
        parent = ctx.schema.of_id(value)
        row = ctx.row(parent.name, value) if parent is not None else None
        if parent is None or row is None:
            continue
        if not Judge(ctx, parent, row, user, judge).meets(wish.criteria):
            message = wish.message or UNFIT
            raise SalesforceError("FIELD_FILTER_VALIDATION_EXCEPTION", message, [field.name])
