from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import (
    CurrencyMismatch,
    Money,
    allocate,
    format_money,
    line_amount,
    minor_unit,
    round_money,
)

WEIGHTS = st.lists(st.decimals(0, 10**7, places=4), min_size=1, max_size=40)
CURRENCIES = st.sampled_from(["INR", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("10.005", "INR", "10.01"),
        ("10.0049", "INR", "10.00"),
        ("-10.005", "INR", "-10.01"),
        ("10.5", "JPY", "11"),
        ("1.2345", "KWD", "1.235"),
        ("99999999999999999.995", "INR", "100000000000000000.00"),
    ],
)
def test_money_is_rounded_half_up_to_the_digits_of_its_currency(amount, currency, rounded):
    assert str(round_money(Decimal(amount), currency)) == rounded


def test_a_line_is_rounded_once_after_multiplying():
    assert line_amount(Decimal("0.0049"), 3, "INR") == Decimal("0.01")
    assert line_amount(Decimal("2.105"), 80_995, "GBP") == Decimal("170494.48")


@pytest.mark.req("PROM-13")
@given(total=st.integers(-(10**12), 10**12), weights=WEIGHTS, currency=CURRENCIES)
def test_shares_add_up_to_the_total(total, weights, currency):
    whole = total * minor_unit(currency)

    shares = allocate(whole, weights, currency)

    assert sum(shares) == whole
    assert len(shares) == len(weights)


@pytest.mark.req("PROM-13")
@given(total=st.integers(0, 10**9), weights=WEIGHTS)
def test_no_share_is_a_whole_paisa_away_from_its_exact_part(total, weights):
    whole = total * Decimal("0.01")
    base = weights if any(weights) else [Decimal(1)] * len(weights)

    shares = allocate(whole, weights, "INR")

    for share, weight in zip(shares, base, strict=True):
        assert abs(share - whole * weight / sum(base)) < Decimal("0.010001")
        assert share >= 0


@pytest.mark.req("PROM-13")
def test_the_largest_remainder_gets_the_odd_paisa():
    assert allocate(Decimal("100.00"), [Decimal(1)] * 3, "INR") == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert allocate(Decimal("0.05"), [Decimal(1), Decimal(0), Decimal(2)], "INR") == [
        Decimal("0.02"),
        Decimal("0.00"),
        Decimal("0.03"),
    ]


def test_a_total_with_half_a_paisa_cannot_be_shared():
    with pytest.raises(ValueError, match="minor units"):
        allocate(Decimal("1.005"), [Decimal(1)], "INR")


def test_weights_below_zero_are_refused():
    with pytest.raises(ValueError, match="negative"):
        allocate(Decimal("1.00"), [Decimal(1), Decimal(-1)], "INR")


def test_amounts_of_two_currencies_are_never_added_or_compared():
    rupees, pounds = Money(Decimal(1), "INR"), Money(Decimal(1), "GBP")

    with pytest.raises(CurrencyMismatch):
        rupees + pounds
    with pytest.raises(CurrencyMismatch):
        rupees < pounds  # noqa: B015 - the comparison itself must fail


def test_money_is_counted_exactly():
    three = Money(Decimal("0.10"), "INR") * 3

    assert three == Money(Decimal("0.30"), "INR")
    assert three - Money(Decimal("0.40"), "INR") == -Money(Decimal("0.10"), "INR")
    assert min(three, Money(Decimal(0), "INR")).amount == 0


@pytest.mark.parametrize(
    ("amount", "currency", "printed"),
    [
        ("1234567.5", "INR", "₹12,34,567.50"),
        ("124999", "INR", "₹1,24,999.00"),
        ("-2499", "INR", "-₹2,499.00"),
        ("1234.5", "GBP", "£1,234.50"),
    ],
)
def test_money_is_printed_with_indian_grouping(amount, currency, printed):
    assert format_money(Decimal(amount), currency) == printed
