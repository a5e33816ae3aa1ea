"""GST on one amount."""

from decimal import Decimal

import pytest

from shop.pricing.tax import gst


def split(amount, rate="18", *, inclusive=True, interstate=False):
    return gst.split(
        amount=Decimal(amount),
        rate=Decimal(rate),
        is_inclusive=inclusive,
        is_interstate=interstate,
        currency="INR",
    )


@pytest.mark.req("TAX-04")
def test_1180_with_18_percent_inside_is_1000_and_180():
    parts = split("1180.00")

    assert (parts.net, parts.tax, parts.total) == (
        Decimal("1000.00"),
        Decimal("180.00"),
        Decimal("1180.00"),
    )
    assert (parts.cgst, parts.sgst, parts.igst) == (Decimal("90.00"), Decimal("90.00"), Decimal(0))


@pytest.mark.req("TAX-03")
def test_across_the_border_everything_is_igst():
    parts = split("1000.00", inclusive=False, interstate=True)

    assert (parts.cgst, parts.sgst, parts.igst) == (Decimal(0), Decimal(0), Decimal("180.00"))
    assert parts.total == Decimal("1180.00")


@pytest.mark.req("TAX-03")
def test_both_halves_are_equal_even_where_paise_do_not_divide():
    parts = split("99.99")

    assert parts.cgst == parts.sgst == Decimal("7.63")
    assert parts.net == Decimal("84.73")
    assert parts.net + parts.cgst + parts.sgst == Decimal("99.99")


def test_nothing_is_taken_at_a_rate_of_zero():
    assert split("50.00", "0").net == Decimal("50.00")


@pytest.mark.parametrize(
    ("state", "country", "expected"),
    [("AP", "IN", False), ("KA", "IN", True), ("", "IN", False), ("AP", "GB", True)],
)
def test_border_is_between_the_seller_and_the_place_of_supply(state, country, expected):
    assert gst.is_interstate(seller_state="AP", place_of_supply=state, country=country) is expected
