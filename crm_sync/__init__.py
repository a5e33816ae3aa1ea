"""Salesforce synchronisation: the engine that watches the shop, and the local org it can talk to."""
