"""Parcels: which goods leave which warehouse, and where they are now."""
