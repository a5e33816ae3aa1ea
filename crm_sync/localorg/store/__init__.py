"""The org's own SQLite file: tables, indexes, transactions."""
