"""Validation rules of the org's metadata."""

import json
from functools import lru_cache

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula import around, configured
from crm_sync.localorg.formula.calculated import MAX_DEPTH, convert, evaluate, follow, read
from crm_sync.localorg.formula.parser import compile_formula
from crm_sync.localorg.formula.values import FormulaError, Scene, Thunk, truth
from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.schema.model import Field, Schema, SObject, ValidationRule


@lru_cache(maxsize=500)
def compiled(source: str) -> Thunk:
    """Return a formula, read once."""
    return compile_formula(source)


class Lookup:
    """Reads fields of a record and of its parents."""

    def __init__(
        self, ctx: Context, owner: SObject, row: Values, depth: int = 0, *, user_id: str = ""
    ) -> None:
        self.user_id = user_id
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
            if around.is_constant(path):
                return around.constant(path)
            if configured.is_configured(path):
                return self._configured(path)
            row, owner = self._around(path[0].lower())
            path = path[1:]
        for step in path[:-1]:
            row, owner = self._step(owner, row, step)
        field = owner.find(path[-1])
        if field is None:
            raise FormulaError(f"Field {path[-1]} does not exist. Check spelling.")
        return self._read(owner, row, field)

    def _read(self, owner: SObject, row: Values, field: Field) -> object:
        if field.formula:
            inner = Lookup(self.ctx, owner, row, self.depth + 1, user_id=self.user_id)
            return convert(field, evaluate(field, inner, self.ctx.zone))
        if field.type in {"address", "location"}:
            return convert(field, json.dumps([row.get(name) for name in field.degrees]))
        return convert(field, row.get(field.name))

    def _configured(self, path: tuple[str, ...]) -> object:
        field = configured.field_at(self.ctx.schema, path)
        sql = configured.sql_of(self.ctx.schema, path, self.user_id)
        return convert(field, self.ctx.value(f"SELECT {sql}"))

    def _around(self, name: str) -> tuple[Values, SObject]:
        """Return what a name with a dollar stands for: the user, the profile, the organization."""
        if name == around.ORGANIZATION:
            row = self.ctx.first("SELECT * FROM Organization LIMIT 1")
            return row or {}, self.ctx.schema.require("Organization")
        if name not in around.USERS:
            raise FormulaError(f"{name} is not known here")
        found = self.ctx.row("User", self.user_id) or {}, self.ctx.schema.require("User")
        for step in around.USERS[name]:
            found = self._step(found[1], found[0], step)
        return found

    def _step(self, owner: SObject, row: Values, step: str) -> tuple[Values, SObject]:
        reference = owner.relationships.get(step.lower())
        if reference is None:
            raise FormulaError(f"Field {step} does not exist. Check spelling.")
        parent = self.ctx.schema.require(reference.refers[0])
        return self.ctx.row(parent.name, row.get(reference.name)) or {}, parent


def check_paths(schema: Schema, owner: SObject, source: str) -> None:
    """Refuse a rule that cannot be read or that looks at fields that are not there."""
    for path in read(source)[1]:
        follow(schema, owner, path)


def check_rules(ctx: Context, change: Change) -> None:
    """Refuse a record for which a rule's condition holds."""
    moment = clock.now()
    user = change.options.user_id or ctx.user_id
    scene = Scene(
        value=Lookup(ctx, change.owner, change.new, user_id=user),
        prior=Lookup(ctx, change.owner, change.old or {}, user_id=user),
        is_new=change.is_new,
        now=moment,
        today=moment.astimezone(ctx.zone).date(),
    )
    broken = [
        SalesforceError(
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            rule.message,
            [rule.error_field] if rule.error_field else [],
        )
        for rule in change.owner.rules.values()
        if rule.is_active and _holds(rule, scene)
    ]
    if broken:
        broken[0].others = broken[1:]
        raise broken[0]


def _holds(rule: ValidationRule, scene: Scene) -> bool:
    try:
        return truth(compiled(rule.formula)(scene))
    except FormulaError as error:
        message = f"The validation formula for the rule {rule.name} is invalid: {error}"
        raise SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, []) from error
    except (OverflowError, ValueError, RecursionError) as error:
        message = f"The validation formula for the rule {rule.name} could not be worked out"
        raise SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, []) from error
