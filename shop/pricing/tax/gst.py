"""How Indian GST falls on one amount: pure arithmetic, no tables."""

from dataclasses import dataclass
from decimal import Decimal

from shop.core.money import round_money

HUNDRED = Decimal(100)
ZERO = Decimal(0)


@dataclass(frozen=True)
class TaxParts:
    """An amount taken apart: what is left without tax, and each component of the tax."""

    net: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal

    @property
    def tax(self) -> Decimal:
        return self.cgst + self.sgst + self.igst

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def split(
    *, amount: Decimal, rate: Decimal, is_inclusive: bool, is_interstate: bool, currency: str
) -> TaxParts:
    """Take an amount apart: CGST and SGST inside the seller's state, IGST across its border."""
    cgst = sgst = igst = round_money(ZERO, currency)
    if is_interstate:
        igst = _component(amount, rate, rate, is_inclusive=is_inclusive, currency=currency)
    else:
        cgst = sgst = _component(
            amount, rate / 2, rate, is_inclusive=is_inclusive, currency=currency
        )
    # With tax inside the price net is the rest, so that the parts always add up to what was asked.
    net = amount - cgst - sgst - igst if is_inclusive else amount
    return TaxParts(net=round_money(net, currency), cgst=cgst, sgst=sgst, igst=igst)


def is_interstate(*, seller_state: str, place_of_supply: str, country: str = "IN") -> bool:
    """Whether goods cross the border of the seller's state; abroad is always across."""
    return country != "IN" or (bool(place_of_supply) and place_of_supply != seller_state)


def _component(
    amount: Decimal, part: Decimal, whole: Decimal, *, is_inclusive: bool, currency: str
) -> Decimal:
    base = HUNDRED + whole if is_inclusive else HUNDRED
    return round_money(amount * part / base, currency)
