"""Batches of Bulk API 1.0 as ZIP: rows in `request.txt`, with the files that they name."""

import base64
import io
import zipfile
import zlib

from crm_sync.localorg.bulk.classic import UNREADABLE
from crm_sync.localorg.bulk.classic_jobs import Row
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import SObject

MANIFEST = "request.txt"
MOST_ZIP, MOST_CONTENT = 10_000_000, 20_000_000
MOST_FILES, MOST_NAME = 1000, 512
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError)
Files = dict[str, bytes]


def _refused(reason: str) -> SalesforceError:
    return SalesforceError("InvalidBatch", f"InvalidBatch : {reason}")


def unpacked(body: bytes) -> tuple[bytes, Files]:
    """Return the rows of a batch and the files beside them."""
    if len(body) > MOST_ZIP:
        raise _refused(f"The zip file is larger than {MOST_ZIP} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            files = _files(packed)
    except BROKEN as error:
        raise _refused(f"The zip content is malformed: {error}") from error
    if MANIFEST not in files:
        raise _refused(f"{MANIFEST} was not found in the zip file")
    return files.pop(MANIFEST), files


def _files(packed: zipfile.ZipFile) -> Files:
    entries = [each for each in packed.infolist() if not each.is_dir()]
    if len(entries) > MOST_FILES:
        raise _refused(f"The zip file holds more than {MOST_FILES} files")
    if any(len(each.filename.encode()) > MOST_NAME for each in entries):
        raise _refused(f"A file name is longer than {MOST_NAME} bytes")
    files: Files = {}
    room = MOST_CONTENT
    for each in entries:
        # What an entry says of its size need not be true.
        with packed.open(each) as content:
            files[each.filename] = content.read(room + 1)
        room -= len(files[each.filename])
        if room < 0:
            raise _refused(f"The unzipped content is larger than {MOST_CONTENT} bytes")
    return files


def filled(owner: SObject, rows: list[Row], files: Files) -> list[Row]:
    """Put files into the places of rows that name them."""
    return [_row(owner, row, files) for row in rows]


def _row(owner: SObject, row: Row, files: Files) -> Row:
    made = dict(row)
    for name in binary(owner, row):
        path = str(row[name])
        if not path.startswith("#"):
            return {UNREADABLE: f"Binary field {name} must name a file that starts with #: {path}"}
        content = files.get(path[1:])
        if content is None:
            return {UNREADABLE: f"The file of binary field {name} was not found: {path[1:]}"}
        made[name] = base64.b64encode(content).decode()
    return made


def binary(owner: SObject, row: Row) -> list[str]:
    """Return the fields of a row that hold files."""
    named = ((name, owner.find(name)) for name, value in row.items() if value is not None)
    return [name for name, field in named if field is not None and field.is_binary]
