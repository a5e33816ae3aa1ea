"""Lists, records and related lists for people."""

from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face.files import RELATIONS, File, of_record
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.merge import MERGEABLE
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.store.tables import quote

MOST_RELATED = 10
LONG_TEXT = 120
COLUMNS = (
    "Shop_Id__c", "VersionNumber", "FileType", "ContentSize", "BodyLength", "LinkedEntityId",
    "ContentDocumentId", "ShareType", "Status", "StageName", "Status__c", "Company", "Email",
    "Phone", "Subject",
    "AccountId", "OrderId", "Product2Id", "Amount", "Amount__c", "Total__c", "TotalAmount",
    "UnitPrice", "Quantity", "ProductCode", "StockKeepingUnit", "DeveloperName", "SobjectType",
    "IsActive", "Username",
)  # fmt: skip
MOST_COLUMNS = 6


@dataclass(slots=True)
class Cell:
    """One value, with the record it leads to."""

    field: Field
    value: object
    link: str = ""
    text: str = ""

    @property
    def is_long(self) -> bool:
        """Say whether the value needs the whole width of a page."""
        return len(self.text) > LONG_TEXT or "\n" in self.text

    @property
    def kind(self) -> str:
        """Return how the value is drawn."""
        if self.value is None or self.value == "":
            return "empty"
        if self.field.is_binary:
            return "file"
        if self.link:
            return "link"
        if self.field.type == "boolean":
            return "yes" if self.value else "no"
        numeric = self.field.type in {"currency", "double", "percent", "int"}
        return "number" if numeric else "text"


@dataclass(slots=True)
class Line:
    """One record of a list."""

    record_id: str
    title: str
    cells: list[Cell]


@dataclass(slots=True)
class Listing:
    """The first of some records that belong together."""

    owner: SObject
    columns: list[Field]
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    title: str = ""


def title_of(org: Org, record_id: str) -> str:
    """Return a record's name, or its id."""
    owner = org.visible.of_id(record_id)
    name = owner.name_field if owner is not None else None
    if owner is None or name is None:
        return record_id
    sql = f"SELECT {quote(name.name)} FROM {quote(owner.name)} WHERE Id = ?"
    with org.store.read() as connection:
        row = connection.execute(sql, (record_id,)).fetchone()
    return str(row[0]) if row and row[0] else record_id


def counts(org: Org) -> list[tuple[SObject, int]]:
    """Return every object with the number of its live records."""
    found = []
    with org.store.read() as connection:
        for owner in sorted(org.schema.tables(), key=lambda each: each.label):
            sql = f"SELECT COUNT(*) FROM {quote(owner.name)} WHERE IsDeleted = 0"
            found.append((owner, connection.execute(sql).fetchone()[0]))
    return found


def columns_of(owner: SObject) -> list[Field]:
    """Return the fields a list shows beside the name."""
    found = [one for name in COLUMNS if (one := owner.find(name)) is not None and not one.is_name]
    stamp = owner.fields["lastmodifieddate"]
    return [*found[: MOST_COLUMNS - 1], stamp]


class Titles:
    """Names of linked records, each looked up once."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.known: dict[str, str] = {}

    def cell(self, one: Field, value: object) -> Cell:
        """Return a value as a cell."""
        if one.is_binary and isinstance(value, str):
            return Cell(one, value, link=value.split("/")[-2], text="Download")
        if one.type != "reference" or not isinstance(value, str):
            text = str(value) if value is not None else ""
            return Cell(one, value, text=text)
        return Cell(one, value, link=value, text=self.of(value))

    def of(self, record_id: str) -> str:
        """Return a record's name."""
        if record_id not in self.known:
            self.known[record_id] = title_of(self.org, record_id)
        return self.known[record_id]


def lines_of(org: Org, owner: SObject, columns: list[Field], tail: str) -> list[Line]:
    """Return the records that a WHERE clause finds."""
    name = owner.name_field
    wanted = ["Id", *([name.name] if name else []), *(one.name for one in columns)]
    text = f"SELECT {', '.join(dict.fromkeys(wanted))} FROM {owner.name} {tail}"
    titles = Titles(org)
    lines = []
    for record in org.reader.query(text).records:
        title = str((record.get(name.name) if name else None) or record["Id"])
        cells = [titles.cell(one, record.get(one.name)) for one in columns]
        lines.append(Line(str(record["Id"]), title, cells))
    return lines


@dataclass(slots=True)
class Sheet:
    """One record with everything around it."""

    owner: SObject
    record_id: str
    title: str
    main: list[Cell]
    unset: list[Cell]
    system: list[Cell]
    related: list[Listing]
    deleted: bool
    can_merge: bool = False
    can_convert: bool = False
    addable: list[tuple[SObject, str]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


SYSTEM = frozenset(
    ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp", "Id")
)


def sheet(org: Org, record_id: str) -> Sheet:
    """Return a record for its page."""
    owner = org.schema.of_id(record_id)
    if owner is None:
        raise SalesforceError("NOT_FOUND", "The requested resource does not exist")
    names = ", ".join(one.name for one in owner.stored())
    text = f"SELECT {names} FROM {owner.name} WHERE Id = '{record_id}'"
    found = org.reader.query(text, all_rows=True).records
    if not found:
        raise SalesforceError("NOT_FOUND", "The requested resource does not exist")
    record, titles = found[0], Titles(org)
    cells = [titles.cell(one, record.get(one.name)) for one in owner.stored()]
    own = [cell for cell in cells if cell.field.name not in {*SYSTEM, "IsDeleted"}]
    name = owner.name_field
    return Sheet(
        owner,
        record_id,
        str((record.get(name.name) if name else None) or record_id),
        [cell for cell in own if cell.kind != "empty"],
        [cell for cell in own if cell.kind == "empty"],
        [cell for cell in cells if cell.field.name in SYSTEM],
        related(org, owner, record_id),
        bool(record["IsDeleted"]),
        owner.name in MERGEABLE and not record.get("IsConverted"),
        owner.name == "Lead" and not record.get("IsConverted"),
        addable(org, owner),
        of_record(org, record_id) if takes_files(owner) else [],
    )


def takes_files(owner: SObject) -> bool:
    """Say whether files can belong to an object's records."""
    return any((each.child, each.field) in RELATIONS for each in owner.children)


def addable(org: Org, owner: SObject) -> list[tuple[SObject, str]]:
    """Return the objects whose new records can point at this one, each with its link."""
    found: dict[str, tuple[SObject, str]] = {}
    for relation in owner.children:
        child = org.schema.require(relation.child)
        link = child.find(relation.field)
        if child.createable and not child.setup and relation.name and link and link.createable:
            found.setdefault(child.name, (child, link.name))
    if takes_files(owner):
        found["ContentVersion"] = (org.schema.require("ContentVersion"), "FirstPublishLocationId")
    return [found[name] for name in sorted(found)]


def related(org: Org, owner: SObject, record_id: str) -> list[Listing]:
    """Return the lists of records that point at one record."""
    found = []
    for relation in owner.children:
        if not relation.name or (relation.child, relation.field) in RELATIONS:
            continue
        child = org.schema.require(relation.child)
        if child.view:
            continue
        where = f"WHERE {relation.field} = '{record_id}'"
        columns = [one for one in columns_of(child) if one.name != relation.field]
        total = org.reader.query(f"SELECT COUNT() FROM {child.name} {where}").total
        if not total:
            continue
        tail = f"{where} ORDER BY SystemModstamp DESC LIMIT {MOST_RELATED}"
        lines = lines_of(org, child, columns, tail)
        title = relation.name.removesuffix("__r").replace("_", " ")
        found.append(Listing(child, columns, lines, total, title=title))
    return found
