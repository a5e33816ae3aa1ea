"""CSV in the dialects of the Bulk API."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer

DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "PIPE": "|",
    "SEMICOLON": ";",
    "CARET": "^",
    "BACKQUOTE": "`",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
MAX_CELL = 131_072
CHUNK = 1 << 16
Upload = io.BytesIO | io.BufferedReader
UNCLOSED = "EOF reached before closing an opened quote"
UNESCAPED = "Found unescaped quote. A value with quote should be within a quote"
NOT_UTF8 = "The upload is not valid UTF-8"


def rows(content: Upload, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a file that was checked, without empty lines and byte order mark."""
    csv.field_size_limit(max(MAX_CELL, csv.field_size_limit()))
    text = io.TextIOWrapper(content, encoding="utf-8-sig", errors="replace", newline="")
    reader = csv.reader(text, delimiter=DELIMITERS[delimiter], strict=True)
    try:
        for row in reader:
            if row:
                yield row
    except csv.Error as error:
        reason = UNCLOSED if "end of data" in str(error) else UNESCAPED
        message = f"InvalidBatch : Failed to parse CSV. {reason}"
        raise SalesforceError("InvalidBatch", message) from error


def line(cells: Iterable[str], delimiter: str, ending: str) -> str:
    """Write one row with every cell quoted."""
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return DELIMITERS[delimiter].join(quoted) + LINE_ENDINGS[ending]


def answer(text: str, **headers: str) -> Answer:
    """Return CSV as an answer."""
    return Answer(raw=text.encode(), content_type="text/csv", headers=headers)


def check_ending(content: io.BufferedReader, ending: str) -> None:
    """Refuse an upload whose first line ends in another way than its job says."""
    line = content.readline(MAX_CELL)
    used = line[len(line.rstrip(b"\r\n")) :]
    is_bare = not used and b"\r" in line
    if is_bare or (used and used != LINE_ENDINGS[ending].encode()):
        message = f"LineEnding is invalid on user data. Current LineEnding setting is {ending}"
        raise SalesforceError("ClientInputError", f"ClientInputError : {message}")


def decode(content: bytes) -> str:
    """Read an upload as UTF-8, with or without a byte order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SalesforceError("InvalidBatch", NOT_UTF8) from error


def check(content: Upload) -> None:
    """Refuse an upload that is not UTF-8 from end to end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := content.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise SalesforceError("InvalidBatch", NOT_UTF8) from error
