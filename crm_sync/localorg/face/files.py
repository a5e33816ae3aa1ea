"""Files of records for people: what belongs to a record, and a file to take home."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from django.core.files.uploadedfile import UploadedFile

from crm_sync.localorg.errors import not_found
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.store import blobs
from crm_sync.localorg.store.blobs import Content

MOST_LISTED = 50
ENDINGS = {"ContentVersion": "FileExtension", "Document": "Type"}
# Where the name of a chosen file goes, if nobody gave one.
NAMES = ("PathOnClient", "Name")
# These are shown with the record they belong to, as files.
RELATIONS = frozenset((("Attachment", "ParentId"), ("ContentDocumentLink", "LinkedEntityId")))


@dataclass(frozen=True, slots=True)
class File:
    """One file of a record."""

    record_id: str
    title: str
    kind: str
    size: int
    made: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file with the name under which it is saved."""

    record_id: str
    name: str
    size: int


def _row(org: Org, sql: str, *params: object) -> tuple[object, ...] | None:
    with org.store.read() as connection:
        found: tuple[object, ...] | None = connection.execute(sql, params).fetchone()
    return found


def of_record(org: Org, record_id: str) -> list[File]:
    """Return the attachments of a record and the content linked to it."""
    where = f"= '{record_id}' ORDER BY SystemModstamp DESC LIMIT {MOST_LISTED}"
    old = org.reader.query(
        f"SELECT Id, Name, ContentType, BodyLength, CreatedDate FROM Attachment WHERE ParentId "
        f"{where}"
    )
    new = org.reader.query(
        "SELECT ContentDocument.Id, ContentDocument.Title, ContentDocument.FileType, "
        "ContentDocument.ContentSize, ContentDocument.CreatedDate FROM ContentDocumentLink "
        f"WHERE LinkedEntityId {where}"
    )
    linked = [each["ContentDocument"] for each in new.records]
    found = [*linked, *old.records]
    return [_file(each) for each in found if isinstance(each, dict)]


def _file(record: dict[str, object]) -> File:
    _attributes, record_id, title, kind, size, made = record.values()
    return File(str(record_id), str(title), str(kind or ""), int(str(size or 0)), str(made))


def download(org: Org, owner: SObject, record_id: str) -> Download:
    """Return the file of a record; of content it is the last version."""
    if owner.name == "ContentDocument":
        sql = "SELECT LatestPublishedVersionId FROM ContentDocument WHERE Id = ?"
        row = _row(org, sql, record_id)
        owner, record_id = org.schema.require("ContentVersion"), str(row[0]) if row else ""
    name, field = owner.name_field, next((x for x in owner.stored() if x.is_binary), None)
    if field is None or name is None:
        raise not_found()
    ending = ENDINGS.get(owner.name, "NULL")
    sql = f"SELECT {field.name}, {name.name}, {ending} FROM {owner.name} WHERE Id = ?"
    row = _row(org, sql, record_id)
    if row is None or row[0] is None:
        raise not_found()
    title, dotted = str(row[1]), f".{row[2]}" if row[2] else ""
    whole = title if title.lower().endswith(dotted.lower()) else title + dotted
    return Download(record_id, whole, blobs.size_of(org.store, record_id))


def chosen(owner: SObject, sent: Mapping[str, object]) -> dict[str, object]:
    """Return the values that files chosen in a form stand for, their names among them."""
    values: dict[str, object] = {}
    for name in sent:
        field, file = owner.find(name), sent[name]
        if field is None or not field.is_binary or not isinstance(file, UploadedFile):
            continue
        values[field.name] = Content(file.size or 0, partial(file.chunks, blobs.PIECE))
        named = next((one for each in NAMES if (one := owner.find(each)) is not None), None)
        if named is not None:
            values[named.name] = file.name or "file"
    return values
