"""How a row of columns becomes a record with nested parents and children."""

from dataclasses import dataclass, field

from crm_sync.localorg.schema.model import SObject

ADDRESS_PARTS = {
    "city": "City",
    "country": "Country",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "postalCode": "PostalCode",
    "state": "State",
    "street": "Street",
}
Row = tuple[object, ...]
Record = dict[str, object]


@dataclass(slots=True)
class Leaf:
    """One value of a record."""

    name: str
    column: int
    kind: str

    def read(self, row: Row) -> object:
        """Return the value in wire form."""
        value = row[self.column]
        return bool(value) if self.kind == "boolean" and value is not None else value


@dataclass(slots=True)
class Address:
    """A compound address put together from its parts."""

    name: str
    columns: dict[str, int]

    def read(self, row: Row) -> object:
        """Return the address, or null when every part is empty."""
        parts: Record = {key: row[column] for key, column in self.columns.items()}
        if all(value is None for value in parts.values()):
            return None
        return {**parts, "geocodeAccuracy": None} if "street" in parts else parts


@dataclass(slots=True)
class Blob:
    """A file of a record: its value is the address where it lies."""

    name: str
    column: int
    owner: str

    def read(self, row: Row, base: str) -> object:
        """Return the address, or null where there is no file."""
        value = row[self.column]
        return None if value is None else f"{base}/sobjects/{self.owner}/{value}/{self.name}"


@dataclass(slots=True)
class Children:
    """Records of a subquery, already fetched and grouped by parent id."""

    name: str
    place: int
    groups: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Polymorphic:
    """The parent that a TYPEOF chooses between."""

    name: str
    id_column: int
    choices: dict[str, "Node"]
    otherwise: "Node | None"

    def read(self, row: Row, base: str) -> object:
        """Return the parent's record with the fields of its own type."""
        value = row[self.id_column]
        if value is None:
            return None
        node = self.choices.get(str(value)[:3], self.otherwise)
        return node.read(row, base) if node is not None else None


@dataclass(slots=True)
class Node:
    """One record, or one parent, in the order of the select list."""

    owner: SObject | None
    id_column: int
    items: list["Leaf | Address | Blob | Children | Polymorphic | tuple[str, Node]"] = field(
        default_factory=list
    )
    kinds: dict[str, str] = field(default_factory=dict)

    def parent(self, name: str) -> "Node | None":
        """Return the node of a parent that was mentioned before."""
        for item in self.items:
            if isinstance(item, tuple) and item[0] == name:
                return item[1]
        return None

    def has(self, kind: type) -> bool:
        """Say whether a value of a kind is in the record or in a parent of it."""
        parents = (item[1] for item in self.items if isinstance(item, tuple))
        own = any(isinstance(item, kind) for item in self.items)
        return own or any(parent.has(kind) for parent in parents)

    def read(self, row: Row, base: str) -> Record | None:
        """Return the record of a row; a parent that is not there is null."""
        record_id = row[self.id_column]
        if record_id is None:
            return None
        name = self.owner.name if self.owner is not None else "Name"
        kind = self.kinds.get(str(record_id)[:3], name)
        record: Record = {
            "attributes": {"type": name, "url": f"{base}/sobjects/{kind}/{record_id}"}
        }
        for item in self.items:
            # Most of a record are plain values: they are read without a call for each.
            if type(item) is Leaf and item.kind != "boolean":
                record[item.name] = row[item.column]
            else:
                self._fill(record, item, row, base)
        return record

    def _fill(self, record: Record, item: object, row: Row, base: str) -> None:
        if isinstance(item, Leaf | Address):
            record[item.name] = item.read(row)
        elif isinstance(item, tuple):
            record[item[0]] = item[1].read(row, base)
        elif isinstance(item, Polymorphic | Blob):
            record[item.name] = item.read(row, base)
        elif isinstance(item, Children):
            record[item.name] = item.groups.get(str(row[self.id_column]))
