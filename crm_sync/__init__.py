"""Salesforce synchronization: the engine that watches the shop, and a local org to talk to."""
