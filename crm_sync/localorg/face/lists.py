"""List views: which records, which columns, in which order, all of it told by the address."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face import filters
from crm_sync.localorg.face.filters import BadFilter, Filter
from crm_sync.localorg.face.records import Line, columns_of, lines_of
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field, SObject
from crm_sync.localorg.soql.escape import format_soql

PAGE = 50
LAST_OFFSET = 2000
MOST_FILTERS = 10
MOST_COLUMNS = 20
LONG_CELL = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks for, as it stands there."""

    search: str = ""
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    sort: str = ""
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """Return the parts of the address; what is usual is left out."""
        found = [("c", name) for name in self.columns] + [("f", text) for text in self.filters]
        found += [("q", self.search)] if self.search else []
        found += [("sort", self.sort)] if self.sort else []
        return found + ([("page", str(self.page))] if self.page > 1 else [])

    def address(self) -> str:
        """Return the query string; an empty one still leads to the list itself."""
        return f"?{urlencode(self.pairs())}"


def read_wish(query: QueryDict) -> Wish:
    """Read an address."""
    page = query.get("page", "1")
    return Wish(
        query.get("q", "").strip()[:100],
        tuple(dict.fromkeys(query.getlist("c"))),
        tuple(dict.fromkeys(query.getlist("f"))),
        query.get("sort", "")[:100],
        whole(page, 1, digits=6),
    )


@dataclass(slots=True)
class Head:
    """The head of a column."""

    label: str
    address: str = ""
    direction: str = ""


@dataclass(slots=True)
class Chip:
    """One condition in force, with the address without it."""

    words: str
    address: str
    bad: bool = False


@dataclass(slots=True)
class Adding:
    """A condition being put together."""

    field: Field
    choices: list[tuple[str, str]]
    operator: str = ""
    value: str = ""
    problem: str = ""

    @property
    def kind(self) -> str:
        """Return how the value is asked for."""
        if self.field.type == "boolean":
            return "boolean"
        if self.field.type in {"picklist", "multipicklist"} and self.field.picklist:
            return "select"
        if self.field.type in {"date", "datetime"}:
            return "date"
        return "number" if self.field.type in {"int", *NUMBER_TYPES} else "text"


@dataclass(slots=True)
class ListView:
    """One page of an object's records."""

    owner: SObject
    wish: Wish
    columns: list[Field]
    problems: list[str] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    refused: bool = False
    adding: Adding | None = None

    @property
    def title(self) -> str:
        """Return what the list is called."""
        return self.owner.plural

    @property
    def pages(self) -> int:
        """Return how many pages can be shown."""
        return max(1, -(-min(self.total, LAST_OFFSET + PAGE) // PAGE))

    @property
    def reach(self) -> int:
        """Return how many records the pages reach, where that is not all."""
        return LAST_OFFSET + PAGE if self.total > LAST_OFFSET + PAGE else 0

    @property
    def previous(self) -> str:
        """Return the address of the page before."""
        return replace(self.wish, page=self.wish.page - 1).address()

    @property
    def next(self) -> str:
        """Return the address of the page after."""
        return replace(self.wish, page=self.wish.page + 1).address()

    @property
    def usual_columns(self) -> str:
        """Return the address with the usual columns."""
        return replace(self.wish, columns=()).address()

    @property
    def whole(self) -> str:
        """Return the address that keeps no record out."""
        return replace(self.wish, search="", filters=(), page=1).address()

    @property
    def here(self) -> str:
        """Return the address without a condition being put together."""
        return self.wish.address()

    def kept(self, *names: str) -> list[tuple[str, str]]:
        """Return what a form hands on beside the parts it asks for itself."""
        return [each for each in replace(self.wish, page=1).pairs() if each[0] not in names]

    @property
    def beside_search(self) -> list[tuple[str, str]]:
        """Return what the search form hands on."""
        return self.kept("q")

    @property
    def beside_columns(self) -> list[tuple[str, str]]:
        """Return what the form of columns hands on."""
        return self.kept("c")

    @property
    def beside_filter(self) -> list[tuple[str, str]]:
        """Return what the form of a new condition hands on."""
        return self.kept()

    @property
    def choosable(self) -> list[tuple[Field, bool]]:
        """Return the fields that can be columns, and whether they are."""
        shown = {one.name for one in self.columns}
        return [(one, one.name in shown) for one in _by_label(self.owner) if _can_show(one)]

    @property
    def filterable(self) -> list[Field]:
        """Return the fields by which the list can be narrowed."""
        return [one for one in _by_label(self.owner) if filters.can_filter(one)]


def _by_label(owner: SObject) -> list[Field]:
    return sorted(owner.fields.values(), key=lambda one: (one.label.lower(), one.name))


def _can_show(one: Field) -> bool:
    return one.type != "address" and not one.is_name


def _columns(owner: SObject, wish: Wish, problems: list[str]) -> list[Field]:
    found = []
    for name in wish.columns[:MOST_COLUMNS]:
        one = owner.find(name)
        if one is None:
            problems.append(f"{name[:80]}: {owner.label} has no such field.")
        elif _can_show(one):
            found.append(one)
    if len(wish.columns) > MOST_COLUMNS:
        problems.append(f"A list has at most {MOST_COLUMNS} columns; the others are left out.")
    return list({one.name: one for one in found}.values()) or columns_of(owner)


def _filters(org: Org, view: ListView) -> list[Filter]:
    found = []
    if len(view.wish.filters) > MOST_FILTERS:
        view.problems.append(f"A list has at most {MOST_FILTERS} filters.")
        view.refused = True
    for text in view.wish.filters[:MOST_FILTERS]:
        rest = tuple(each for each in view.wish.filters if each != text)
        address = replace(view.wish, filters=rest, page=1).address()
        try:
            each = filters.read(org.visible, view.owner, text)
        except BadFilter as error:
            view.problems.append(str(error))
            view.chips.append(Chip(text[:80], address, bad=True))
            view.refused = True
        else:
            view.chips.append(Chip(each.words, address))
            found.append(each)
    return found


def _order(view: ListView) -> str:
    name = view.wish.sort.removeprefix("-")
    one = view.owner.find(name) if name else None
    if name and (one is None or not filters.can_sort(one)):
        label = one.label if one else name[:80]
        view.problems.append(f"{label}: lists cannot be sorted by this.")
        one = None
    if one is None:
        return "SystemModstamp DESC, Id DESC"
    direction = "DESC" if view.wish.sort.startswith("-") else "ASC"
    return f"{one.name} {direction} NULLS LAST, Id {direction}"


def _head(view: ListView, label: str, one: Field | None) -> Head:
    if one is None or not filters.can_sort(one):
        return Head(label)
    sort = view.wish.sort
    is_sorted = sort.removeprefix("-").lower() == one.key
    falls = sort.startswith("-")
    target = f"-{one.name}" if is_sorted and not falls else one.name
    direction = ("descending" if falls else "ascending") if is_sorted else ""
    return Head(label, replace(view.wish, sort=target, page=1).address(), direction)


def _where(org: Org, view: ListView, found: Sequence[Filter]) -> str:
    tests = [filters.condition(org.visible, each, org.zone) for each in found]
    name = view.owner.name_field
    if view.wish.search and name is not None:
        pattern = view.wish.search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        tests.append(f"{name.name} LIKE {format_soql(f'%{pattern}%', wildcards=True)}")
    return f"WHERE {' AND '.join(tests)}" if tests else ""


def listing(org: Org, owner: SObject, wish: Wish) -> ListView:
    """Return one page of an object's records, newest change first unless sorted otherwise."""
    problems: list[str] = []
    view = ListView(owner, wish, _columns(owner, wish, problems), problems)
    found = _filters(org, view)
    order = _order(view)
    name = owner.name_field
    view.heads = [_head(view, name.label if name else "Id", name or owner.find("Id"))]
    view.heads += [_head(view, one.label, one) for one in view.columns]
    if not view.refused:
        try:
            _fill(org, view, _where(org, view, found), order)
        except SalesforceError as error:
            view.problems.append(error.message.strip().rpartition("\n")[2])
            view.refused = True
    return view


def _fill(org: Org, view: ListView, where: str, order: str) -> None:
    view.total = org.reader.query(f"SELECT COUNT() FROM {view.owner.name} {where}").total
    view.wish = replace(view.wish, page=min(max(view.wish.page, 1), view.pages))
    offset = min((view.wish.page - 1) * PAGE, LAST_OFFSET)
    tail = f"{where} ORDER BY {order} LIMIT {PAGE} OFFSET {offset}"
    view.lines = lines_of(org, view.owner, view.columns, tail)
    for line in view.lines:
        for cell in line.cells:
            if len(cell.text) > LONG_CELL:
                cell.text = f"{cell.text[:LONG_CELL]}…"


def add(org: Org, view: ListView, query: QueryDict) -> str | None:
    """Put a condition together; return the address with it once it is complete."""
    name = query.get("add", "")
    one = view.owner.find(name)
    if one is None or not filters.can_filter(one):
        label = one.label if one is not None else name[:80]
        view.problems.append(f"{label}: lists cannot be filtered by this.")
        return None
    choices = [(each, filters.word(one, each)) for each in filters.operators(org.visible, one)]
    operator, value = query.get("op", ""), query.get("value", "")
    view.adding = Adding(one, choices, operator, value)
    if not operator:
        return None
    text = f"{one.name}:{operator}:{value.strip()}"
    try:
        filters.read(org.visible, view.owner, text)
    except BadFilter as error:
        view.adding.problem = str(error)
        return None
    together = tuple(dict.fromkeys((*view.wish.filters, text)))
    return replace(view.wish, filters=together, page=1).address()
