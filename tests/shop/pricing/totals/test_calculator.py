"""The arithmetic of an order, over ten thousand random ones."""

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.core.money import round_money
from shop.pricing.promotions.volume import VolumeTerms, offer_for
from shop.pricing.totals import calculator
from shop.pricing.totals.calculator import Terms
from shop.pricing.totals.dataclasses import PricedLine, PricedShipping

CARTS = 10_000
RATES = [Decimal(rate) for rate in ("0", "3", "5", "12", "18", "28", "40", "0.25", "12.5")]
VOLUME = VolumeTerms(is_active=True, threshold=Decimal(1000), percent=Decimal(10))


def line(number, price, quantity, rate):
    return PricedLine(
        key=str(number),
        variant_id=number,
        sku=f"SKU-{number}",
        title="Goods",
        variant_title="",
        product_key="P",
        owner_id=None,
        quantity=quantity,
        list_unit_price=price,
        unit_price=price,
        tax_rate=rate,
        hsn_code="6404",
    )


def total_of(lines, *, fee=None, inclusive=True, interstate=False, currency="INR", volume=VOLUME):
    subtotal = calculator.goods_subtotal(lines=lines, currency=currency)
    offer = offer_for(subtotal=subtotal, currency=currency, terms=volume)
    shipping = fee is not None and PricedShipping(
        code="standard",
        name="Standard",
        fee=fee,
        tax_rate=Decimal(18),
        delivery_from=None,
        delivery_to=None,
    )
    terms = Terms(currency, "list", inclusive, interstate)
    return calculator.calculate(
        lines=lines, shipping=shipping or None, offers=[offer] if offer else [], terms=terms
    )


def check_sums(total):
    """Everything that must add up to the last minor unit, for any order."""
    parts = [*total.lines, *([total.shipping] if total.shipping else [])]
    for part in parts:
        assert part.tax == part.cgst + part.sgst + part.igst
        assert part.total == part.net + part.tax
        assert part.cgst == part.sgst
        assert min(part.net, part.tax) >= 0
        rounded = [part.net, part.cgst, part.igst, part.total]
        assert rounded == [round_money(amount, total.currency) for amount in rounded]
    for row in total.lines:
        taxed = row.total if total.is_tax_inclusive else row.net
        assert taxed == row.gross - row.discount
        assert 0 <= row.discount <= row.gross
    assert total.tax_total == sum(part.tax for part in parts)
    assert total.tax_total == sum(row.tax for row in total.tax_summary)
    assert total.grand_total == sum(part.total for part in parts)
    assert total.goods_subtotal == sum(row.gross for row in total.lines)
    assert total.discount_total == sum(row.discount for row in total.lines)
    assert total.discount_total == sum(share.amount for share in total.discounts)


@pytest.mark.req("TAX-02", "PROM-13")
def test_ten_thousand_random_orders_add_up():
    chance = random.Random(20261121)

    for _ in range(CARTS):
        lines = [
            line(
                number,
                Decimal(chance.randint(0, 5_000_000)) / chance.choice((100, 10_000)),
                chance.randint(1, 100),
                chance.choice(RATES),
            )
            for number in range(chance.randint(1, 8))
        ]
        total = total_of(
            lines,
            fee=chance.choice((None, Decimal(0), Decimal("49.00"), Decimal("149.50"))),
            inclusive=chance.random() < 0.5,
            interstate=chance.random() < 0.5,
            currency=chance.choice(("INR", "INR", "JPY", "KWD")),
        )
        check_sums(total)


prices = st.decimals(min_value=0, max_value=Decimal(10**7), places=4)
wanted = st.lists(
    st.tuples(prices, st.integers(1, 10_000), st.sampled_from(RATES)), min_size=1, max_size=12
)


@pytest.mark.req("PROM-13")
@settings(max_examples=200)
@given(wanted, st.decimals(min_value=0, max_value=100, places=2), st.booleans())
def test_shares_of_any_discount_are_the_discount(rows, percent, inclusive):
    lines = [line(number, *row) for number, row in enumerate(rows)]
    volume = VolumeTerms(is_active=True, threshold=Decimal(0), percent=percent)

    check_sums(total_of(lines, inclusive=inclusive, volume=volume))


@pytest.mark.req("PROM-13")
def test_indivisible_paisa_goes_to_the_largest_remainder():
    lines = [line(number, Decimal("333.34"), 1, Decimal(18)) for number in range(3)]
    volume = VolumeTerms(is_active=True, threshold=Decimal(1000), percent=Decimal(10))

    total = total_of(lines, volume=volume)

    assert total.discount_total == Decimal("100.00")
    assert [row.discount for row in total.lines] == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]


def test_unit_prices_keep_four_decimals_until_the_line_is_rounded():
    total = total_of([line(1, Decimal("0.3333"), 3, Decimal(0))])

    assert total.lines[0].gross == Decimal("1.00")
