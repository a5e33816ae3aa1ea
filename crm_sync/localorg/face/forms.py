"""Forms for records, made from the fields of their objects."""

from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import SaveOptions, Values
from crm_sync.localorg.records.convert import Conversion, convert
from crm_sync.localorg.schema.model import Field, SObject

NUMBERS = frozenset(("currency", "double", "percent", "int"))
LONG_TEXT = 255


@dataclass(slots=True)
class Input:
    """One field of a form."""

    field: Field
    value: object
    problem: str = ""

    @property
    def kind(self) -> str:
        """Return how the field is asked for."""
        if self.field.type == "boolean":
            return "checkbox"
        if self.field.type in {"picklist", "combobox"} and self.field.picklist:
            return "select" if self.field.restricted else "choice"
        if self.field.type == "textarea":
            return "textarea"
        if self.field.type == "date":
            return "date"
        return "number" if self.field.type in NUMBERS else "text"

    @property
    def text(self) -> str:
        """Return the present value as text."""
        return "" if self.value is None else str(self.value)


@dataclass(slots=True)
class Form:
    """A record being edited."""

    owner: SObject
    record_id: str
    inputs: list[Input]
    failure: str = ""
    problems: list[str] = field(default_factory=list)


def _fields(owner: SObject, *, creating: bool) -> list[Field]:
    return [
        one
        for one in owner.stored()
        if (one.createable if creating else one.updateable) and one.name != "Id"
    ]


def blank(owner: SObject) -> Form:
    """Return the form of a new record."""
    inputs = [Input(one, one.default) for one in _fields(owner, creating=True)]
    return Form(owner, "", inputs)


def filled(org: Org, owner: SObject, record_id: str) -> Form:
    """Return the form of a record that is there."""
    names = ", ".join(one.name for one in owner.stored())
    text = f"SELECT {names} FROM {owner.name} WHERE Id = '{record_id}'"
    found = org.reader.query(text).records
    if not found:
        raise SalesforceError("NOT_FOUND", "The requested resource does not exist")
    inputs = [Input(one, found[0].get(one.name)) for one in _fields(owner, creating=False)]
    return Form(owner, record_id, inputs)


def _sent(form: Form, posted: dict[str, str]) -> Values:
    """Return the values that differ from what the form showed."""
    values: Values = {}
    for each in form.inputs:
        name = each.field.name
        if each.kind == "checkbox":
            value: object = name in posted
            changed = value is not bool(each.value)
        else:
            value = posted.get(name, "").replace("\r\n", "\n") or None
            changed = (value or "") != each.text
        if changed or not form.record_id:
            if value is not None or form.record_id:
                values[name] = value
            each.value = value
    return values


def submit(org: Org, form: Form, posted: dict[str, str]) -> str | None:
    """Save a form; return the record's id, or leave the reason on the form."""
    values = _sent(form, posted)
    options = SaveOptions(user_id=org.user_id, allow_duplicates=True)
    context = org.context()
    try:
        if form.record_id:
            return save.update(context, form.owner, form.record_id, values, options).record_id
        return save.insert(context, form.owner, values, options).record_id
    except SalesforceError as error:
        form.failure = error.message
        for each in form.inputs:
            if each.field.name in (error.fields or []):
                each.problem = error.message
    return None


def remove(org: Org, owner: SObject, record_id: str) -> None:
    """Put a record into the recycle bin."""
    bin_.delete(org.context(), owner, record_id, SaveOptions(user_id=org.user_id))


def restore(org: Org, owner: SObject, record_id: str) -> None:
    """Take a record out of the recycle bin."""
    bin_.undelete(org.context(), owner, record_id, SaveOptions(user_id=org.user_id))


def convert_lead(org: Org, record_id: str) -> str:
    """Convert a lead into an account and a contact; return the contact."""
    status = org.reader.query(
        "SELECT ApiName FROM LeadStatus WHERE IsConverted = true ORDER BY SortOrder LIMIT 1"
    ).records[0]["ApiName"]
    wish = Conversion(record_id, str(status), no_opportunity=True)
    return convert(org.context(), wish, SaveOptions(user_id=org.user_id)).contact_id
