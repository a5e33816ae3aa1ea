"""Exact money: amounts with a currency, one rounding rule, and shares that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.numbers import format_currency, get_currency_precision
from django.db import models

ZERO = Decimal(0)
WORKING_DIGITS = 60
DEFAULT_LOCALE = "en_IN"


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies cannot be added or compared."""


if TYPE_CHECKING:
    # To the type checker these are Django's own columns; only their defaults differ.
    AmountField = models.DecimalField
    CurrencyField = models.CharField
else:

    class AmountField(models.DecimalField):
        """A column for an amount with four decimals."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_digits", 19)
            kwargs.setdefault("decimal_places", 4)
            super().__init__(*args, **kwargs)

    class CurrencyField(models.CharField):
        """A column for a three-letter currency code."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_length", 3)
            super().__init__(*args, **kwargs)


@lru_cache(maxsize=256)
def minor_unit(currency: str) -> Decimal:
    """Answer the smallest amount of a currency, such as 0.01 for rupees."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half-up to the currency's own digits."""
    with localcontext() as context:
        context.prec = WORKING_DIGITS
        return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def line_amount(unit_price: Decimal, quantity: int, currency: str) -> Decimal:
    """Answer what a line costs: the exact unit price times the quantity, rounded once."""
    with localcontext() as context:
        context.prec = WORKING_DIGITS
        return round_money(unit_price * quantity, currency)


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share a total by weights, largest remainder first, so that the parts add up to it.

    Weights of zero take nothing unless all are zero; then the parts are as equal as they can be.
    """
    if not weights:
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("Weights must not be negative")
    unit = minor_unit(currency)
    with localcontext() as context:
        context.prec = WORKING_DIGITS
        whole = round_money(total, currency)
        if whole != total:
            raise ValueError(f"{total} is not a whole number of minor units of {currency}")
        sign = -1 if whole < 0 else 1
        units = abs(whole) / unit
        base = list(weights) if any(weights) else [Decimal(1)] * len(weights)
        weight_sum = sum(base, ZERO)
        exact = [units * weight / weight_sum for weight in base]
        shares = [part.to_integral_value(rounding=ROUND_DOWN) for part in exact]
        left = int(units - sum(shares, ZERO))
        by_remainder = sorted(
            (index for index, weight in enumerate(base) if weight),
            key=lambda index: (shares[index] - exact[index], index),
        )
        for index in by_remainder[:left]:
            shares[index] += 1
        return [sign * share * unit for share in shares]


@lru_cache(maxsize=4096)
def format_money(amount: Decimal, currency: str, locale: str = DEFAULT_LOCALE) -> str:
    """Print an amount as people of the locale write it, such as ₹12,34,567.50."""
    return str(format_currency(amount, currency, locale=locale))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that knows its currency."""

    amount: Decimal
    currency: str

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> "Money":
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def rounded(self) -> "Money":
        """The same money in whole minor units."""
        return Money(round_money(self.amount, self.currency), self.currency)

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)
