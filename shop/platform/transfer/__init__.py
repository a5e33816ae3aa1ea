"""Bringing data in from files and taking it out again."""
