"""The volume discount as arithmetic: pure, so that a stored order can be replayed."""

from dataclasses import dataclass
from decimal import Decimal

from shop.core.money import format_money, round_money

CODE = "volume"


@dataclass(frozen=True)
class Offer:
    """A discount on the whole order: what it is called, what it was taken of, and how much."""

    code: str
    label: str
    base: Decimal
    percent: Decimal
    amount: Decimal
    explanation: str = ""


@dataclass(frozen=True)
class VolumeTerms:
    is_active: bool
    threshold: Decimal
    percent: Decimal


def offer_for(*, subtotal: Decimal, currency: str, terms: VolumeTerms) -> Offer | None:
    """The discount on the whole subtotal, given only strictly above the threshold."""
    if not terms.is_active or subtotal <= terms.threshold:
        return None
    amount = round_money(subtotal * terms.percent / 100, currency)
    if amount <= 0:
        return None
    percent = f"{terms.percent.normalize():f}"
    return Offer(
        code=CODE,
        label=f"{percent} % off orders above {format_money(terms.threshold, currency)}",
        base=subtotal,
        percent=terms.percent,
        amount=amount,
        explanation=(
            f"Goods of {subtotal:.2f} are above {terms.threshold:.2f}: "
            f"{percent}% of {subtotal:.2f} is {amount:.2f}"
        ),
    )
