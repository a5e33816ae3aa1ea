"""Formulas of validation rules and defaults: read once, evaluated for each record."""
