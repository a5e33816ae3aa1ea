"""Behaviour of single standard objects, one module for each family."""
