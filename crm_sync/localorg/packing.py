"""Bodies that travel compressed, in both directions."""

import gzip
import zlib

from crm_sync.localorg.errors import SalesforceError

MOST = 160 * 1024 * 1024
WORTHWHILE = 2048
PIECE = 1 << 20


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return a request's body as it was before it was compressed."""
    if encoding.strip().lower() not in {"gzip", "x-gzip"} or not body:
        return body
    machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    found = bytearray()
    try:
        rest = body
        while rest and not machine.eof:
            found += machine.decompress(rest, PIECE)
            rest = machine.unconsumed_tail
            if len(found) > MOST:
                message = "The request is too large when it is unpacked"
                raise SalesforceError("REQUEST_ENTITY_TOO_LARGE", message, status=413)
    except zlib.error as error:
        raise SalesforceError("BAD_REQUEST", "The body is not in gzip format") from error
    if not machine.eof:
        raise SalesforceError("BAD_REQUEST", "The compressed body ends too early")
    return bytes(found)


def packed(body: bytes, accepted: str) -> bytes | None:
    """Return an answer compressed, where the client understands that and it is worth it."""
    known = {each.partition(";")[0].strip().lower() for each in accepted.split(",")}
    if len(body) < WORTHWHILE or "gzip" not in known:
        return None
    return gzip.compress(body, compresslevel=1, mtime=0)
