"""Rows for tests, one module per package."""
