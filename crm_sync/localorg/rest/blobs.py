"""Files as they are, at the address that a query gives for them."""

from crm_sync.localorg.errors import not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.schema.model import Field
from crm_sync.localorg.store import blobs

# As the platform spells it.
CONTENT_TYPE = "application/octetstream"


def read(call: Call, record: dict[str, object], field: Field) -> Answer:
    """Return the file that a field of a record holds."""
    if record[field.name] is None:
        raise not_found()
    record_id = str(record["Id"])
    headers = {
        "Content-Length": str(blobs.size_of(call.org.store, record_id)),
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment",
    }
    stream = blobs.pieces(call.org.store, record_id)
    return Answer(content_type=CONTENT_TYPE, headers=headers, pieces=stream)
