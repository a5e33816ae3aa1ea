"""Merging records by hand: which are alike, what differs, which value stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face.records import Cell, Line, Titles, columns_of, lines_of, related
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import SaveOptions, Values
from crm_sync.localorg.records.merge import MERGEABLE, MOST_VICTIMS, merge
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.soql.escape import format_soql

MOST_CANDIDATES = 20
ALIKE = ("Email", "Phone", "LastName", "Company", "Name", "SuppliedEmail", "Subject")


@dataclass(slots=True)
class Party:
    """One of the records to be merged."""

    record_id: str
    title: str
    created: str
    followers: int
    is_master: bool = False


@dataclass(slots=True)
class Option:
    """One record's value of a field."""

    record_id: str
    title: str
    cell: Cell
    chosen: bool = False


@dataclass(slots=True)
class Choice:
    """A field in which the records differ."""

    field: Field
    options: list[Option]


@dataclass(slots=True)
class Merger:
    """The page on which a merge is decided."""

    owner: SObject
    master: Party
    parties: list[Party]
    choices: list[Choice]
    failure: str = ""

    @property
    def others(self) -> list[Party]:
        """Return the records that will lead to the master."""
        return [each for each in self.parties if not each.is_master]


@dataclass(slots=True)
class Search:
    """The page on which the other records are found."""

    owner: SObject
    record_id: str
    title: str
    columns: list[Field]
    lines: list[Line] = field(default_factory=list)
    words: str = ""


def can_merge(owner: SObject) -> bool:
    """Say whether records of an object can be merged."""
    return owner.name in MERGEABLE


def _rows(org: Org, owner: SObject, wanted: Sequence[str]) -> list[Values]:
    """Return live records in the order asked for; one that is missing is an error."""
    names = ", ".join(one.name for one in owner.stored())
    listed = ", ".join(f"'{each}'" for each in wanted)
    text = f"SELECT {names} FROM {owner.name} WHERE Id IN ({listed})"
    found = {str(each["Id"]): each for each in org.reader.query(text).records}
    if not all(each in found for each in wanted):
        raise SalesforceError("NOT_FOUND", "The requested resource does not exist")
    return [found[each] for each in wanted]


def _title(owner: SObject, row: Values) -> str:
    name = owner.name_field
    return str((row.get(name.name) if name else None) or row["Id"])


def _pattern(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return format_soql(f"%{escaped}%", wildcards=True)


def _condition(owner: SObject, row: Values, words: str) -> str:
    name = owner.name_field
    if words and name is not None:
        return f"{name.name} LIKE {_pattern(words)}"
    alike = [
        f"{each} = {format_soql(str(row[each]))}"
        for each in ALIKE
        if owner.find(each) is not None and row.get(each)
    ]
    return f"({' OR '.join(alike)})" if alike else ""


def search(org: Org, owner: SObject, record_id: str, words: str) -> Search:
    """Return the records that look like one, or whose names hold some words."""
    row = _rows(org, owner, [record_id])[0]
    columns = columns_of(owner)
    page = Search(owner, record_id, _title(owner, row), columns, words=words)
    condition = _condition(owner, row, words)
    if condition:
        own = " AND IsConverted = false" if owner.name == "Lead" else ""
        where = f"WHERE {condition} AND Id <> '{record_id}'{own}"
        tail = f"{where} ORDER BY SystemModstamp DESC LIMIT {MOST_CANDIDATES}"
        page.lines = lines_of(org, owner, columns, tail)
    return page


def named(owner: SObject, texts: Sequence[str], master_id: str) -> list[str]:
    """Return the ids of the other records, checked for their form."""
    found = [ids.normalize(each.strip()) for each in texts if each.strip()]
    whole = [each for each in dict.fromkeys(found) if each is not None and each != master_id]
    if len(whole) > MOST_VICTIMS:
        message = f"At most {MOST_VICTIMS} records can be merged into another one."
        raise SalesforceError("INVALID_FIELD", message)
    if any(each[:3] != owner.prefix for each in whole):
        raise SalesforceError("NOT_FOUND", "The requested resource does not exist")
    return whole


def _choices(
    owner: SObject, rows: list[Values], titles: Titles, picked: dict[str, str]
) -> list[Choice]:
    found = []
    for one in owner.stored():
        if not one.updateable or len({_plain(row.get(one.name)) for row in rows}) < 2:
            continue
        filled = (row for row in rows if _plain(row.get(one.name)))
        best = picked.get(one.name) or str(next(filled, rows[0])["Id"])
        options = [
            Option(str(row["Id"]), _title(owner, row), titles.cell(one, row.get(one.name)))
            for row in rows
        ]
        for each in options:
            each.chosen = each.record_id == best
        found.append(Choice(one, options))
    return found


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def merger(
    org: Org,
    owner: SObject,
    master_id: str,
    others: Sequence[str],
    picked: dict[str, str] | None = None,
) -> Merger:
    """Return what the records have in common and where somebody has to choose."""
    rows = _rows(org, owner, [master_id, *others])
    parties = [
        Party(
            str(row["Id"]),
            _title(owner, row),
            str(row["CreatedDate"])[:10],
            sum(each.total for each in related(org, owner, str(row["Id"]))),
        )
        for row in rows
    ]
    parties[0].is_master = True
    choices = _choices(owner, rows, Titles(org), picked or {})
    return Merger(owner, parties[0], parties, choices)


def submit(org: Org, page: Merger, posted: dict[str, str]) -> bool:
    """Merge as the form says, or leave the reason on the page."""
    options = SaveOptions(user_id=org.user_id, allow_duplicates=True)
    values: Values = {}
    for choice in page.choices:
        picked = posted.get(f"f-{choice.field.name}", page.master.record_id)
        for option in choice.options:
            option.chosen = option.record_id == picked
            if option.chosen and picked != page.master.record_id:
                values[choice.field.name] = option.cell.value
    others = [each.record_id for each in page.others]
    try:
        merge(org.context(), page.owner, page.master.record_id, others, values, options)
    except SalesforceError as error:
        page.failure = error.message
        return False
    return True
