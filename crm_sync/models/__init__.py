"""Tables of the synchronisation: connection, outbox, log of calls, identity map."""

from crm_sync.models.connection import Connection, LaneLease
from crm_sync.models.links import Link
from crm_sync.models.outbox import ChangeMark, DeadLetter, SyncAttempt, SyncCall, SyncJob

__all__ = [
    "ChangeMark",
    "Connection",
    "DeadLetter",
    "LaneLease",
    "Link",
    "SyncAttempt",
    "SyncCall",
    "SyncJob",
]
