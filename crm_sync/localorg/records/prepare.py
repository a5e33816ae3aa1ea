"""From a client's payload to checked column values."""

from dataclasses import replace

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.formula.calculated import evaluate
from crm_sync.localorg.records import references
from crm_sync.localorg.records.context import Context, SaveOptions, Values
from crm_sync.localorg.records.validation import Lookup
from crm_sync.localorg.records.values import check_record_type, read_value
from crm_sync.localorg.schema.model import Field, SObject

SECURITY = (
    "Please check the security settings of this field and verify that it is read/write for your "
    "profile or permission set."
)


def no_column(name: str, owner: SObject) -> SalesforceError:
    """Return the refusal of a field that the object does not have."""
    return SalesforceError(
        "INVALID_FIELD", f"No such column '{name}' on sobject of type {owner.name}"
    )


def _check_writable(field: Field, options: SaveOptions, *, creating: bool) -> None:
    allowed = field.createable if creating else field.updateable
    if allowed or options.system:
        return
    message = f"Unable to create/update fields: {field.name}. {SECURITY}"
    raise SalesforceError("INVALID_FIELD_FOR_INSERT_UPDATE", message, [field.name])


def read_payload(
    ctx: Context,
    owner: SObject,
    payload: object,
    options: SaveOptions,
    *,
    creating: bool,
) -> Values:
    """Return the values a payload sets, under their column names."""
    if not isinstance(payload, dict):
        kind = "START_ARRAY" if isinstance(payload, list) else "VALUE_STRING"
        raise parser_error(f"Can not deserialize SObject out of {kind} token at [line:1, column:1]")
    owner = ctx.seen(owner, options)
    values: Values = {}
    for name, value in payload.items():
        if name == "attributes":
            continue
        field = owner.find(name)
        if field is not None and field.name != "Id":
            _check_writable(field, options, creating=creating)
            values[field.name] = read_value(field, value)
            continue
        if creating and name.lower() == "id" and value is None:
            continue
        reference = owner.relationships.get(name.lower())
        if reference is None:
            raise _refuse_name(name, owner, creating=creating)
        _check_writable(reference, options, creating=creating)
        values[reference.name] = references.resolve_parent(ctx, owner, reference, value)
    if values.get("RecordTypeId") and ctx.view.grants is not None and not options.system:
        references.check_granted(ctx, owner, values["RecordTypeId"])
    return values


def _refuse_name(name: str, owner: SObject, *, creating: bool) -> SalesforceError:
    if name.lower() != "id":
        return no_column(name, owner)
    if creating:
        return SalesforceError(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "cannot specify Id in an insert call",
            ["Id"],
        )
    message = "The Id field should not be specified in the sobject data."
    return SalesforceError("INVALID_FIELD", message, ["Id"])


def add_defaults(ctx: Context, owner: SObject, values: Values, kind: str | None) -> None:
    """Fill what the client left out; defaults that are formulas see all the others."""
    habits = owner.habits
    for field in habits.choices:
        if field.name in values and values[field.name] is None:
            values[field.name] = field.default
    given = owner.record_types[kind].defaults if kind in owner.record_types else {}
    named = {owner.fields[key].name: value for key, value in given.items() if key in owner.fields}
    values.update({**habits.defaults, **named, **values})
    for field in habits.formulas:
        if field.name not in values:
            worked_out = replace(field, formula=field.default_formula)
            default = evaluate(worked_out, Lookup(ctx, owner, values), ctx.zone)
            values[field.name] = int(default) if isinstance(default, bool) else default


def check_required(owner: SObject, values: Values, *, creating: bool) -> None:
    """Refuse a record that lacks what it must have."""
    missing = [
        name
        for name in owner.habits.required
        if (creating or name in values) and values.get(name) is None
    ]
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise SalesforceError("REQUIRED_FIELD_MISSING", message, missing)


def check_links(ctx: Context, owner: SObject, values: Values) -> None:
    """Refuse links that lead nowhere and values that the record type does not offer."""
    for name, value in values.items():
        field = owner.fields[name.lower()]
        if field.type == "reference" and isinstance(value, str):
            references.check_reference(ctx, field, value)
            if value.startswith(references.QUEUE):
                references.check_queue(ctx, owner, field, value)


def check_type(ctx: Context, owner: SObject, row: Values, values: Values) -> str | None:
    """Check the record type and what it restricts; return its name."""
    kind = references.record_type_of(ctx, owner, row.get("RecordTypeId"))
    record_type = owner.record_types.get(kind) if kind else None
    if record_type is not None:
        for name, value in values.items():
            check_record_type(owner.fields[name.lower()], value, record_type)
    return kind
