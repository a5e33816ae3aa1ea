"""Fixtures of the synchronisation's tests."""

from tests.crm_sync.fixtures import connected, org, org_process, sync

__all__ = ["connected", "org", "org_process", "sync"]
