"""Whole stories may end in Salesforce."""

from tests.crm_sync.fixtures import connected, org, org_process

__all__ = ["connected", "org", "org_process"]
