"""Forms for records, made from the fields of their objects."""

import dataclasses
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face import lookups
from crm_sync.localorg.face.records import title_of
from crm_sync.localorg.org import Org
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import SaveOptions, Values
from crm_sync.localorg.schema.model import Field, SObject

NUMBERS = frozenset(("currency", "double", "percent", "int"))
KINDS = {
    "base64": "file",
    "boolean": "checkbox",
    "textarea": "textarea",
    "date": "date",
    "datetime": "moment",
    "reference": "lookup",
    "multipicklist": "several",
}
SECONDS = 19
SEEN, ANYWAY = "_seen", "_anyway"


def mark_of(text: str) -> str:
    """Return a short sign of a text."""
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):x}"


@dataclass(slots=True)
class Input:
    """One field of a form."""

    field: Field
    value: object
    problem: str = ""
    shown: str | None = None
    options: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    offers: list[str] = dataclasses.field(default_factory=list)

    @property
    def kind(self) -> str:
        """Return how the field is asked for."""
        if self.options and self.field.type != "multipicklist":
            return "select"
        if self.field.type in {"picklist", "combobox"} and self.field.picklist:
            return "choice"
        return KINDS.get(self.field.type, "number" if self.field.type in NUMBERS else "text")

    @property
    def text(self) -> str:
        """Return the present value as text."""
        if self.shown is not None:
            return self.shown
        if self.value is None or self.field.is_binary:
            return ""
        if self.field.type == "datetime":
            return str(self.value)[:SECONDS]
        return str(self.value).replace("\r\n", "\n")

    @property
    def chosen(self) -> list[str]:
        """Return the values that are ticked, where several can be."""
        return self.text.split(";")

    @property
    def is_required(self) -> bool:
        """Say whether the form marks the field as required."""
        return self.field.required and self.kind != "checkbox"

    @property
    def mark(self) -> str:
        """Return a short sign of the value, by which a later change of it is noticed."""
        text = str(bool(self.value)) if self.kind == "checkbox" else self.text
        return mark_of(text)


@dataclass(slots=True)
class Form:
    """A record being edited."""

    owner: SObject
    record_id: str
    inputs: list[Input]
    failure: str = ""
    title: str = ""
    alike: list[tuple[str, str]] = field(default_factory=list)
    may_save_anyway: bool = False
    seen: str = ""

    @property
    def takes_files(self) -> bool:
        """Say whether the form has a place for a file."""
        return any(each.kind == "file" for each in self.inputs)


def _input(org: Org, owner: SObject, one: Field, value: object) -> Input:
    made = Input(one, value)
    if one.name == "RecordTypeId":
        made.options = lookups.record_types(org, owner)
    elif one.type == "reference":
        made.shown = lookups.title(org, one, value) if value else ""
        made.offers = lookups.offers(org, one)
    elif one.type == "multipicklist" or (one.type == "picklist" and one.restricted):
        active = [pick for pick in one.picklist if pick.is_active or pick.value == value]
        made.options = [(pick.value, pick.label or pick.value) for pick in active]
    return made


def _fields(owner: SObject, *, creating: bool) -> list[Field]:
    return [
        one
        for one in owner.stored()
        if (one.createable if creating else one.updateable) and one.name != "Id"
    ]


def blank(org: Org, owner: SObject, given: Mapping[str, str]) -> Form:
    """Return the form of a new record, with what the address already says."""
    fields = _fields(owner, creating=True)
    inputs = [_input(org, owner, one, given.get(one.name) or one.default) for one in fields]
    return Form(owner, "", inputs)


def filled(org: Org, owner: SObject, record_id: str) -> Form:
    """Return the form of a record that is there."""
    names = ", ".join(one.name for one in owner.stored())
    text = f"SELECT {names} FROM {owner.name} WHERE Id = '{record_id}'"
    found = org.reader.query(text).records
    if not found:
        raise SalesforceError("NOT_FOUND", "The requested resource does not exist")
    fields = _fields(owner, creating=False)
    inputs = [_input(org, owner, one, found[0].get(one.name)) for one in fields]
    form = Form(owner, record_id, inputs, title=title_of(org, record_id))
    form.seen = " ".join(each.mark for each in inputs)
    return form


def _marks(form: Form, posted: Mapping[str, str]) -> dict[str, str]:
    """Return the marks of the values that the sender saw; without them the present ones count."""
    seen = posted.get(SEEN, "").split()
    if len(seen) != len(form.inputs):
        seen = form.seen.split() or [each.mark for each in form.inputs]
    return {each.field.name: mark for each, mark in zip(form.inputs, seen, strict=True)}


def _read(each: Input, posted: Mapping[str, str]) -> tuple[str, str]:
    """Return what was sent for a field, and its mark."""
    if each.kind == "checkbox":
        text = str(each.field.name in posted)
    else:
        text = posted.get(each.field.name, "").replace("\r\n", "\n")
    return text, mark_of(text)


def _take(each: Input, text: str) -> None:
    """Put what was sent into a field of the form."""
    if each.kind == "checkbox":
        each.value = text == "True"
        return
    each.value = text or None
    each.shown = text if each.shown is not None else None


def _sent(form: Form, posted: Mapping[str, str]) -> Values:
    """Return the values that the sender changed; nobody else's later changes are undone."""
    values: Values = {}
    marks = _marks(form, posted)
    for each in form.inputs:
        name, present, was = each.field.name, each.mark, each.text
        text, mark = _read(each, posted)
        if form.record_id and mark in {marks[name], present}:
            continue
        _take(each, text)
        if form.record_id and present != marks[name]:
            each.problem = f"Changed by somebody else meanwhile, to: {was or 'nothing'}"
        if form.record_id or each.value is not None:
            values[name] = each.value
    return values


def _linked(org: Org, form: Form, values: Values) -> None:
    """Replace the names of records by their ids."""
    for each in form.inputs:
        value = values.get(each.field.name)
        if each.kind == "lookup" and isinstance(value, str):
            values[each.field.name] = lookups.read(org, each.field, value)


def submit(
    org: Org, form: Form, posted: Mapping[str, str], files: Values | None = None
) -> str | None:
    """Save a form; return the record's id, or leave the reason on the form."""
    # What was typed comes before the name that a chosen file has anyway.
    values = {**(files or {}), **_sent(form, posted)}
    if any(each.problem for each in form.inputs):
        form.failure = "The record was changed meanwhile. Look at the marked fields and save again."
        return None
    options = SaveOptions(user_id=org.user_id, allow_duplicates=ANYWAY in posted)
    options.include_duplicate_details = True
    context = org.context()
    try:
        _linked(org, form, values)
        if form.record_id:
            return save.update(context, form.owner, form.record_id, values, options).record_id
        return save.insert(context, form.owner, values, options).record_id
    except SalesforceError as error:
        _explain(org, form, error)
    return None


def _explain(org: Org, form: Form, error: SalesforceError) -> None:
    form.failure = error.message
    for each in form.inputs:
        if each.field.name in (error.fields or []):
            each.problem = error.message
    result = cast("dict[str, list[dict[str, object]]]", error.extra.get("duplicateResult") or {})
    form.may_save_anyway = bool(result.get("allowSave"))
    for match in result.get("matchResults", []):
        for found in cast("list[dict[str, dict[str, str]]]", match["matchRecords"]):
            record_id = found["record"]["Id"]
            form.alike.append((record_id, title_of(org, record_id)))


def remove(org: Org, owner: SObject, record_id: str) -> None:
    """Put a record into the recycle bin."""
    bin_.delete(org.context(), owner, record_id, SaveOptions(user_id=org.user_id))


def restore(org: Org, owner: SObject, record_id: str) -> None:
    """Take a record out of the recycle bin."""
    bin_.undelete(org.context(), owner, record_id, SaveOptions(user_id=org.user_id))
