"""What requests hold: JSON, XML, or parts that are fields and files."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import pairwise
from typing import BinaryIO

from lxml import etree

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.schema import xml
from crm_sync.localorg.store.blobs import PIECE, Content

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
# What a request may hold: as text, and with its files as they are.
MOST_TEXT = 50 << 20
MOST = 512 << 20
MOST_HEAD = 16 << 10
MOST_PARTS = 1000
HALF = re.compile(r"\\u[dD][89a-fA-F]")
NO_BODY = "The HTTP entity body is required, but this request has no entity body."
BOUNDARY = re.compile(r'boundary="?([^";,]{1,70})"?', re.IGNORECASE)
TEXTS = {"application/json": "JSON", "application/xml": "XML", "text/xml": "XML"}


def too_large(most: int) -> SalesforceError:
    """Return the refusal of a request that is larger than the platform takes."""
    message = f"Maximum size of request reached. Maximum size of request is {most} bytes."
    return SalesforceError("EXCEEDED_MAX_SIZE_REQUEST", message)


def load_json(body: bytes) -> object:
    """Read a JSON body, or refuse it the way the platform does."""
    if not body.strip():
        raise parser_error(NO_BODY)
    try:
        # Half a character of two that a client escaped alone is none in any database.
        text = body.decode(json.detect_encoding(body))
        found = json.loads(text, parse_constant=_refuse_constant)
        return _whole_characters(found) if HALF.search(text) else found
    except (ValueError, RecursionError) as error:
        shown = str(error)[:120]
        raise parser_error(f"Unexpected character or end of input: {shown}") from error


def _whole_characters(value: object) -> object:
    if isinstance(value, dict):
        return {_text(name): _whole_characters(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _refuse_constant(name: str) -> object:
    raise parser_error(f"Unrecognized token '{name}'")


def read_xml(body: bytes) -> dict[str, object]:
    """Read a record that comes as XML; every value is text."""
    try:
        root = xml.parse(body)
    except SalesforceError as error:
        raise SalesforceError("XML_PARSER_ERROR", error.message) from error
    return {xml.local(each): _value(each) for each in root if isinstance(each.tag, str)}


def _value(element: etree._Element) -> object:
    if element.get(NIL) == "true":
        return None
    inner = [each for each in element if isinstance(each.tag, str)]
    if inner:
        return {xml.local(each): _value(each) for each in inner}
    return element.text or ""


@dataclass(slots=True)
class Upload:
    """A body that was put aside while it came in."""

    file: BinaryIO
    size: int


@dataclass(slots=True)
class Part:
    """One part of a body: its header, and where its content lies."""

    head: Message
    start: int
    end: int

    @property
    def name(self) -> str:
        """Return the name that the part goes by."""
        return str(self.head.get_param("name", "", "content-disposition"))

    @property
    def is_file(self) -> bool:
        """Say whether the part is a file; only files are sent with a name of their own."""
        return bool(self.head.get_param("filename", "", "content-disposition"))


def is_multipart(content_type: str) -> bool:
    """Say whether a body comes in parts."""
    return content_type.strip().lower().startswith("multipart/form-data")


def _refuse(message: str) -> SalesforceError:
    return SalesforceError("INVALID_MULTIPART_REQUEST", message)


def _places(upload: Upload, mark: bytes) -> Iterator[int]:
    """Return where a mark stands at the beginning of a line."""
    at, kept = 0, b"\n"
    upload.file.seek(0)
    while piece := upload.file.read(PIECE):
        text = kept + piece
        found = text.find(mark)
        while found >= 0:
            if found and text[found - 1 : found] == b"\n":
                yield at - len(kept) + found
            found = text.find(mark, found + 1)
        at += len(piece)
        kept = text[-len(mark) :]


def _part(upload: Upload, start: int, end: int) -> Part:
    upload.file.seek(start)
    text = upload.file.read(min(MOST_HEAD, end - start))
    ends = [(text.find(gap), len(gap)) for gap in (b"\r\n\r\n", b"\n\n") if gap in text]
    if not ends:
        raise _refuse("A part of the multipart message has no header")
    place, gap = min(ends)
    head = Message()
    for line in text[:place].decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            head[name.strip()] = value.strip()
    upload.file.seek(max(end - 2, start))
    closing = upload.file.read(end - max(end - 2, start))
    # The line end before a boundary belongs to the boundary.
    return Part(head, start + place + gap, end - (2 if closing == b"\r\n" else 1))


def parts(upload: Upload, boundary: bytes) -> list[Part]:
    """Return the parts of a body."""
    mark = b"--" + boundary
    found: list[int] = []
    for place in _places(upload, mark):
        if len(found) > MOST_PARTS:
            raise _refuse("The multipart message has too many parts")
        if not found or place >= found[-1] + len(mark):
            found.append(place)
    if len(found) < 2:
        raise _refuse("The multipart message has no parts, or does not end with its boundary")
    return [_part(upload, one + len(mark), other) for one, other in pairwise(found)]


def _content(upload: Upload, part: Part) -> Content:
    def pieces() -> Iterator[bytes]:
        upload.file.seek(part.start)
        rest = part.end - part.start
        while rest > 0 and (piece := upload.file.read(min(PIECE, rest))):
            rest -= len(piece)
            yield piece

    return Content(max(part.end - part.start, 0), pieces)


def _fields(upload: Upload, part: Part) -> object:
    content = _content(upload, part)
    if content.size > MOST_TEXT:
        raise too_large(MOST_TEXT)
    body = b"".join(content.pieces())
    kind = TEXTS.get(part.head.get_content_type())
    if kind is None:
        shown = part.head.get_content_type()
        raise _refuse(f"Non-binary part must be JSON or XML, was: '{shown}'")
    return load_json(body) if kind == "JSON" else read_xml(body)


def _sorted(found: list[Part]) -> tuple[Part, dict[str, Part]]:
    """Return the part with the fields, and the files by their names."""
    texts = [each for each in found if not each.is_file and "content-type" in each.head]
    if not texts:
        raise _refuse("Multipart message must include a non-binary part")
    if len(texts) > 1:
        raise _refuse("Cannot include more than one non-binary part")
    return texts[0], {each.name: each for each in found if each.is_file}


def read(content_type: str, upload: Upload) -> object:
    """Return what a body in parts says, with its files where their fields are."""
    if upload.size > MOST:
        raise too_large(MOST)
    named = BOUNDARY.search(content_type)
    if named is None:
        raise _refuse("The multipart message has no boundary")
    text, files = _sorted(parts(upload, named.group(1).strip().encode("latin-1", "replace")))
    fields = _fields(upload, text)
    records = fields.get("records") if isinstance(fields, dict) else None
    if isinstance(records, list):
        for record in records:
            _fill(record, upload, files)
    elif isinstance(fields, dict):
        if len(files) > 1:
            raise _refuse("Cannot include more than one binary part")
        fields |= {name: _content(upload, part) for name, part in files.items()}
    return fields


def _fill(record: object, upload: Upload, files: dict[str, Part]) -> None:
    """Put the file that a record of a collection names into its field."""
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(attributes, dict):
        return
    name, field = attributes.get("binaryPartName"), attributes.get("binaryPartNameAlias")
    if name is None and field is None:
        return
    if str(name) not in files or not isinstance(field, str):
        raise _refuse(f"Binary part '{name}' cannot be found in the multipart message")
    record[field] = _content(upload, files[str(name)])


def of_bytes(body: bytes) -> Upload:
    """Return a body that came as a whole."""
    return Upload(io.BytesIO(body), len(body))
