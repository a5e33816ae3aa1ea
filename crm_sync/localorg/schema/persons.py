"""Person accounts: people who are account and contact at once, as an option of the org."""

from collections.abc import Iterator
from dataclasses import replace

from crm_sync.localorg.schema.model import Field, RecordType, SObject
from crm_sync.localorg.schema.standard import label_of, read_field

PERSON_TYPE = "PersonAccount"
NAMES = ("FirstName", "LastName", "Salutation")
SHARED = ("Phone", "Fax", "Description")
PARTS = ("Street", "City", "State", "PostalCode", "Country")
MIRRORED = (
    "Email",
    "Title",
    "Department",
    "Birthdate",
    "LeadSource",
    "MobilePhone",
    "HomePhone",
    "OtherPhone",
    "AssistantPhone",
    "AssistantName",
    "HasOptedOutOfEmail",
    "HasOptedOutOfFax",
    "DoNotCall",
    *(f"{kind}{part}" for kind in ("Mailing", "Other") for part in PARTS),
)
FLAG = "IsPersonAccount boolean ro"
LINK = "PersonContactId ref ro -> Contact rel=PersonContact"
KIND = "IsPersonType boolean ro"


def pairs(contact: SObject) -> Iterator[tuple[str, str]]:
    """Yield each mirrored field of a contact with its name on the account."""
    for name in (*NAMES, *SHARED):
        yield name, name
    for name in MIRRORED:
        yield name, f"Person{name}"
    for field in contact.fields.values():
        if field.custom and not field.formula:
            yield field.name, f"{field.name.removesuffix('__c')}__pc"


def _mirror(field: Field, name: str) -> Field:
    label = field.label if name.endswith("__pc") or name in NAMES else label_of(name)
    return replace(
        field, name=name, label=label, required=False, is_name=False, children="", relationship=""
    )


def add(objects: dict[str, SObject]) -> None:
    """Give accounts the fields of people, and leads the right to have no company."""
    account, contact, lead = objects["Account"], objects["Contact"], objects["Lead"]
    for name, mirrored in pairs(contact):
        field = contact.find(name)
        if field is not None and account.find(mirrored) is None:
            account.add(_mirror(field, mirrored))
    address = contact.find("MailingAddress")
    if address is not None:
        account.add(_mirror(address, "PersonMailingAddress"))
    account.add(read_field(FLAG))
    account.add(read_field(LINK))
    contact.add(read_field(FLAG))
    objects["RecordType"].add(read_field(KIND))
    for owner, name in ((account, "name"), (lead, "company")):
        owner.add(replace(owner.fields[name], required=False))
    account.record_types[PERSON_TYPE] = RecordType(PERSON_TYPE, "Person Account", is_person=True)
