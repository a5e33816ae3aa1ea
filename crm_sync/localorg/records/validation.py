"""Validation rules of the org's metadata."""

from functools import lru_cache

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula.calculated import MAX_DEPTH, convert, evaluate
from crm_sync.localorg.formula.parser import compile_formula
from crm_sync.localorg.formula.values import FormulaError, Scene, Thunk, truth
from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.schema.model import SObject, ValidationRule


@lru_cache(maxsize=500)
def compiled(source: str) -> Thunk:
    """Return a formula, read once."""
    return compile_formula(source)


class Lookup:
    """Reads fields of a record and of its parents."""

    def __init__(self, ctx: Context, owner: SObject, row: Values, depth: int = 0) -> None:
        if depth > MAX_DEPTH:
            raise FormulaError("The formula refers to itself")
        self.depth = depth
        self.ctx = ctx
        self.owner = owner
        self.row = row

    def __call__(self, path: tuple[str, ...]) -> object:
        """Return the value at the end of a path."""
        owner, row = self.owner, self.row
        if path[0] == "$RecordType":
            row, owner = self._step(owner, row, "RecordType")
            path = path[1:]
        elif path[0].startswith("$"):
            raise FormulaError(f"{path[0]} is not known here")
        for step in path[:-1]:
            row, owner = self._step(owner, row, step)
        field = owner.find(path[-1])
        if field is None:
            raise FormulaError(f"Field {path[-1]} does not exist. Check spelling.")
        if field.formula:
            inner = Lookup(self.ctx, owner, row, self.depth + 1)
            return convert(field, evaluate(field, inner, self.ctx.zone))
        return convert(field, row.get(field.name))

    def _step(self, owner: SObject, row: Values, step: str) -> tuple[Values, SObject]:
        reference = owner.relationships.get(step.lower())
        if reference is None:
            raise FormulaError(f"Field {step} does not exist. Check spelling.")
        parent = self.ctx.schema.require(reference.refers[0])
        return self.ctx.row(parent.name, row.get(reference.name)) or {}, parent


def check_rules(ctx: Context, change: Change) -> None:
    """Refuse a record for which a rule's condition holds."""
    moment = clock.now()
    scene = Scene(
        value=Lookup(ctx, change.owner, change.new),
        prior=Lookup(ctx, change.owner, change.old or {}),
        is_new=change.is_new,
        now=moment,
        today=moment.astimezone(ctx.zone).date(),
    )
    for rule in change.owner.rules.values():
        if rule.is_active and _holds(rule, scene):
            fields = [rule.error_field] if rule.error_field else []
            raise SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)


def _holds(rule: ValidationRule, scene: Scene) -> bool:
    try:
        return truth(compiled(rule.formula)(scene))
    except FormulaError as error:
        message = f"The validation formula for the rule {rule.name} is invalid: {error}"
        raise SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, []) from error
    except (OverflowError, ValueError, RecursionError) as error:
        message = f"The validation formula for the rule {rule.name} could not be worked out"
        raise SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, []) from error
