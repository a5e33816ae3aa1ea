"""A record's history for people: the newest first, as far as the viewer may see it."""

import json
import re
from dataclasses import dataclass, field

from crm_sync.localorg.face.records import Cell, Sheet, Titles
from crm_sync.localorg.org import Org
from crm_sync.localorg.records import history
from crm_sync.localorg.schema.model import Field, SObject

MOST_SHOWN = 50
WAY = re.compile(r"com/salesforce/api/(\w+)/(\d+\.\d+)(?:;client=(.+))?")
APIS = {"rest": "REST", "soap": "SOAP", "bulkapi": "Bulk"}
EVENTS = {
    history.CREATE: "Created",
    history.DELETE: "Moved to the recycle bin",
    history.UNDELETE: "Taken out of the recycle bin",
    history.CONVERT: "Converted",
    history.MERGE: "Took in",
    history.MERGED: "Merged into",
}


@dataclass(slots=True)
class Step:
    """One field's way from a value to another."""

    field: Field
    old: Cell
    new: Cell


@dataclass(slots=True)
class Happening:
    """Everything that one change did to a record."""

    at: str
    who: Cell
    way: str
    event: str = ""
    other: Cell | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return how many rows of the table this takes."""
        return len(self.steps) + bool(self.event)


@dataclass(slots=True)
class Past:
    """What is known of a record's past."""

    happenings: list[Happening]
    is_cut: bool
    remembers: str = f"{history.MOST_KEPT:,}"
    most: int = MOST_SHOWN


def way_in(text: str) -> str:
    """Return in words by which way a change came in."""
    if not text:
        return "Set up with the org"
    found = WAY.fullmatch(text)
    if found is None:
        return "Page" if text == "page" else text
    api, version, client = found.groups()
    name = f"{APIS.get(api, api)} {version}"
    return f"{name}, {client}" if client else name


class Reader:
    """Turns what was written down about one record into what its page shows."""

    def __init__(self, org: Org, owner: SObject) -> None:
        self.org = org
        self.seen = org.visible.find(owner.name)
        self.owner = owner
        self.titles = Titles(org)

    def _link(self, name: str, record_id: str) -> Cell:
        one = self.owner.find(name)
        if one is None or not record_id:
            return Cell(self.owner.fields["id"], None)
        return Cell(one, record_id, link=record_id, text=self.titles.of(record_id))

    def _steps(self, body: str | None) -> list[Step]:
        found = []
        for name, old, new in json.loads(body) if body else ():
            one = self.seen.find(name) if self.seen is not None else None
            if one is not None:
                cells = self.titles.cell(one, old), self.titles.cell(one, new)
                found.append(Step(one, *cells))
        return found

    def happening(self, made: str, who: str, kind: str, way: str, body: str | None) -> Happening:
        """Return one change."""
        shown = Happening(made, self._link("LastModifiedById", who), way_in(way))
        shown.event = EVENTS.get(kind, "")
        if kind in {history.MERGE, history.MERGED}:
            shown.other = self._link("Id", json.loads(body or '""'))
        else:
            shown.steps = self._steps(body)
        return shown


def past_of(org: Org, sheet: Sheet) -> Past:
    """Return what happened to a record; its creation is known even where nothing was kept."""
    sql = (
        "SELECT made, who, kind, way, body FROM _history WHERE record = ? ORDER BY seq DESC LIMIT ?"
    )
    with org.store.read() as connection:
        rows = connection.execute(sql, (sheet.record_id, MOST_SHOWN + 1)).fetchall()
    # What stands before a creation belongs to a record that is gone and whose id came back.
    born = next((place for place, row in enumerate(rows) if row[2] == history.CREATE), None)
    if born is not None:
        del rows[born + 1 :]
    reader = Reader(org, sheet.owner)
    found = [reader.happening(*row) for row in rows[:MOST_SHOWN]]
    is_cut = len(rows) > MOST_SHOWN
    if not is_cut and born is None:
        system = {cell.field.name: str(cell.value or "") for cell in sheet.system}
        made, who = system.get("CreatedDate", ""), system.get("CreatedById", "")
        first = reader.happening(made, who, history.CREATE, "", None)
        first.way = "not kept"
        found.append(first)
    return Past([each for each in found if each.rows], is_cut)
