"""Offers: the built-in volume discount."""
