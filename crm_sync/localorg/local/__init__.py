"""Switches of the local org that no real org has."""
