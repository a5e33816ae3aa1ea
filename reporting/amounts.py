"""Exact sums on every database.

SQLite adds decimals as floating-point numbers. The rolled-up tables therefore keep money as whole
ten-thousandths of the currency unit, which both databases add exactly and quickly.
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Cast, Coalesce, Round

SCALE = 10_000
CENT = Decimal("0.01")


def as_units(column: str) -> Cast:
    """A money column as whole ten-thousandths, inside the database."""
    return Cast(Round(F(column) * SCALE), BigIntegerField())


def sum_of(column: str) -> Coalesce:
    """The exact sum of a money column, in ten-thousandths; 0 for no rows."""
    return Coalesce(Sum(as_units(column)), 0, output_field=BigIntegerField())


def to_decimal(units: int | None) -> Decimal:
    """Ten-thousandths back as an amount."""
    return (Decimal(int(units or 0)) / SCALE).quantize(CENT)
