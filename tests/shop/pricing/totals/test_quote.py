"""The total of an order, from rows to the last paisa."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.core import options, request_memory
from shop.directory.geography.addresses import PostalAddress
from shop.pricing.totals import selectors as totals
from shop.pricing.totals.dataclasses import WantedLine
from shop.pricing.totals.exceptions import ShippingNotOffered, UnsellableLines
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.pricing import PriceListFactory, ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def address(state="AP", country="IN"):
    return PostalAddress("Asha", "", "1 Main Road", "", "Town", state, "517325", country)


def quote(*wanted, state="AP", shipping_code=None):
    lines = [
        WantedLine(key=str(position), variant_id=variant.pk, quantity=quantity)
        for position, (variant, quantity) in enumerate(wanted)
    ]
    return totals.quote(
        lines=lines, destination=address(state), shipping_code=shipping_code, now=NOW
    )


@pytest.mark.req("TAX-04")
def test_price_with_tax_inside_is_taken_apart():
    variant = sellable_variant(price="1180.00")
    variant.product.refresh_from_db()

    total = quote((variant, 1), state="KA")

    # 1,180.00 is above the threshold, so the discount comes first: 1,062.00 holds 162.00 of tax.
    assert total.discount_total == Decimal("118.00")
    assert total.lines[0].net == Decimal("900.00")
    assert total.lines[0].igst == Decimal("162.00")
    assert total.grand_total == Decimal("1062.00")


@pytest.mark.req("TAX-04")
def test_price_without_tax_gets_it_on_top():
    PriceListFactory(is_tax_inclusive=False)
    variant = sellable_variant(price="500.00")

    total = quote((variant, 1))

    assert total.lines[0].net == Decimal("500.00")
    assert total.tax_total == Decimal("90.00")
    assert total.grand_total == Decimal("590.00")


@pytest.mark.req("TAX-03")
def test_tax_is_split_inside_the_state_and_whole_across_its_border():
    variant = sellable_variant(price="118.00")

    inside, across = quote((variant, 1)), quote((variant, 1), state="KA")

    assert (inside.lines[0].cgst, inside.lines[0].sgst) == (Decimal("9.00"), Decimal("9.00"))
    assert inside.lines[0].igst == Decimal("0.00")
    assert across.lines[0].igst == Decimal("18.00")
    assert across.lines[0].cgst == across.lines[0].sgst == Decimal("0.00")
    assert inside.lines[0].hsn_code == "6404"
    assert [row.rate for row in inside.tax_summary] == [Decimal(18)]


@pytest.mark.req("TAX-02")
def test_shipping_is_taxed_and_part_of_the_sums():
    ShippingMethodFactory(fee=Decimal("59.00"), free_from=None)
    variant = sellable_variant(price="118.00")

    total = quote((variant, 1), shipping_code="standard")

    assert total.shipping.tax == Decimal("9.00")
    assert total.tax_total == Decimal("27.00")
    assert total.tax_summary[0].net == Decimal("150.00")
    assert total.grand_total == Decimal("177.00")


def test_shipping_is_free_from_its_threshold_after_discounts():
    ShippingMethodFactory(fee=Decimal("59.00"), free_from=Decimal("950.00"))
    variant = sellable_variant(price="1040.00")

    total = quote((variant, 1), shipping_code="standard")

    # 1,040.00 less 10 % is 936.00: not enough.
    assert total.shipping.total == Decimal("59.00")


@pytest.mark.req("PROM-01")
@pytest.mark.parametrize(
    ("price", "discount"), [("1000.00", "0.00"), ("1000.01", "100.00"), ("2000.00", "200.00")]
)
def test_volume_discount_begins_strictly_above_the_threshold(price, discount):
    total = quote((sellable_variant(price=price), 1))

    assert total.discount_total == Decimal(discount)
    assert len(total.discounts) == (1 if Decimal(discount) else 0)


@pytest.mark.req("PROM-02")
def test_explanation_names_rule_base_and_amount_and_adds_up():
    ShippingMethodFactory(fee=Decimal("59.00"), free_from=None)
    total = quote((sellable_variant(price="750.00"), 2), shipping_code="standard")

    steps = {step.rule: step for step in total.explanation}
    assert steps["price"].base == Decimal("750.00")
    assert steps["price"].amount == Decimal("1500.00")
    assert steps["volume"].base == Decimal("1500.00")
    assert steps["volume"].amount == Decimal("-150.00")
    assert steps["shipping"].amount == Decimal("59.00")
    with_tax_inside = [step.amount for step in total.explanation if step.rule != "tax"]
    assert sum(with_tax_inside) == total.grand_total


@pytest.mark.req("PROM-02")
def test_same_input_gives_the_same_fingerprint_and_another_price_another():
    variant = sellable_variant(price="750.00")
    first, again = quote((variant, 2)), quote((variant, 2))
    variant.prices.update(amount=Decimal("750.01"))

    assert first.fingerprint() == again.fingerprint()
    assert first.fingerprint() != quote((variant, 2)).fingerprint()


def test_hidden_unpriced_and_unknown_variants_are_named():
    good = sellable_variant()
    hidden = sellable_variant(product=ProductFactory(is_published=False))
    unpriced = VariantFactory()
    lines = [WantedLine("a", pk, 1) for pk in (good.pk, hidden.pk, unpriced.pk, 999_999)]

    with pytest.raises(UnsellableLines) as refusal:
        totals.quote(lines=lines, destination=None, shipping_code=None, now=NOW)

    assert refusal.value.variant_ids == (hidden.pk, unpriced.pk, 999_999)


def test_shipping_that_is_not_offered_is_refused():
    with pytest.raises(ShippingNotOffered):
        quote((sellable_variant(), 1), shipping_code="rocket")


def test_empty_order_costs_nothing():
    total = totals.quote(lines=[], destination=None, shipping_code=None, now=NOW)

    assert total.grand_total == Decimal("0.00")
    assert total.lines == ()


def test_number_of_queries_does_not_grow_with_lines():
    ShippingMethodFactory()
    variants = [sellable_variant() for _ in range(10)]

    def queries(chosen):
        captured = CaptureQueriesContext(connection)
        with options.snapshot(), request_memory.scope(), captured:
            quote(*[(variant, 1) for variant in chosen], shipping_code="standard")
        return len(captured)

    assert queries(variants[:1]) == queries(variants) <= 8
