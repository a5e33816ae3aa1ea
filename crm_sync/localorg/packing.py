"""Bodies that travel compressed, in both directions."""

import gzip
import zlib

from crm_sync.localorg.errors import SalesforceError

MOST = 160 * 1024 * 1024
WORTHWHILE = 2048
PIECE = 1 << 20
# What zlib calls each coding.
WINDOWS = {
    "gzip": 16 + zlib.MAX_WBITS,
    "x-gzip": 16 + zlib.MAX_WBITS,
    "deflate": zlib.MAX_WBITS,
}


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return a request's body as it was before it was compressed."""
    wish = encoding.strip().lower()
    if wish in {"", "identity"} or not body:
        return body
    if wish not in WINDOWS:
        message = f"Content-Encoding '{wish}' is not supported"
        raise SalesforceError("UNSUPPORTED_MEDIA_TYPE", message)
    machine = zlib.decompressobj(WINDOWS[wish])
    found = bytearray()
    try:
        rest = body
        while rest and not machine.eof:
            found += machine.decompress(rest, PIECE)
            rest = machine.unconsumed_tail
            if len(found) > MOST:
                message = "The request is too large when it is unpacked"
                raise SalesforceError("REQUEST_ENTITY_TOO_LARGE", message)
    except zlib.error as error:
        raise SalesforceError("BAD_REQUEST", f"The body is not in {wish} format") from error
    if not machine.eof:
        raise SalesforceError("BAD_REQUEST", "The compressed body ends too early")
    return bytes(found)


def packed(body: bytes, accepted: str) -> bytes | None:
    """Return an answer compressed, where the client understands that and it is worth it."""
    known = {each.partition(";")[0].strip().lower() for each in accepted.split(",")}
    if len(body) < WORTHWHILE or "gzip" not in known:
        return None
    return gzip.compress(body, compresslevel=1, mtime=0)
