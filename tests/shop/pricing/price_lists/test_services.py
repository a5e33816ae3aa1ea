"""Prices and who hears of them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.core import events
from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import RowsWritten
from shop.pricing.price_lists import selectors, services
from shop.pricing.price_lists.data import PriceRow
from shop.pricing.price_lists.events import PriceChanged
from shop.pricing.price_lists.exceptions import InvalidPrice
from shop.pricing.price_lists.models import Price, PriceList
from tests.factories.catalog import VariantFactory
from tests.factories.pricing import PriceFactory, PriceListFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.fixture
def told(monkeypatch):
    heard = []
    for kind in (RowsWritten, PriceChanged):
        monkeypatch.setitem(events._subscribers, kind, [heard.append])
    return heard


def test_price_is_set_changed_and_its_history_kept(told):
    variant, prices = VariantFactory(), PriceListFactory()
    facts = {"variant_id": variant.pk, "price_list_id": prices.pk}

    for amount in ("100.00", "90.00", "90.00"):
        services.set_price(**facts, amount=Decimal(amount), actor=SYSTEM_ACTOR, now=NOW)

    assert [event.variant_ids for event in told] == [(variant.pk,), (variant.pk,)]
    history = Price.history.order_by("history_id").values_list("amount", flat=True)
    assert list(history) == [Decimal("100.0000"), Decimal("90.0000")]


def test_negative_price_is_refused():
    variant, prices = VariantFactory(), PriceListFactory()

    with pytest.raises(InvalidPrice):
        services.set_price(
            variant_id=variant.pk,
            price_list_id=prices.pk,
            amount=Decimal(-1),
            actor=SYSTEM_ACTOR,
            now=NOW,
        )

    assert Price.objects.count() == 0


def test_import_tells_of_what_it_wrote_and_keeps_history(told):
    prices = PriceListFactory()
    old, same, new = PriceFactory(), PriceFactory(), VariantFactory()
    rows = [
        PriceRow(old.variant_id, Decimal(80), compare_at=Decimal(100)),
        PriceRow(same.variant_id, Decimal(100)),
        PriceRow(new.pk, Decimal(5)),
    ]

    result = services.import_prices(price_list_id=prices.pk, rows=rows, actor=SYSTEM_ACTOR, now=NOW)

    created = Price.objects.get(variant=new)
    assert (result.created, result.updated, result.unchanged) == (1, 1, 1)
    assert [(e.operation, e.pks) for e in told if isinstance(e, RowsWritten)] == [
        ("create", (created.pk,)),
        ("update", (old.pk,)),
    ]
    assert created.history.count() == 1
    assert old.history.order_by("-history_id").first().amount == Decimal(80)


def test_only_active_default_prices_of_the_currency_are_found():
    priced, dear = PriceFactory(compare_at=Decimal(150)), VariantFactory()
    inactive = PriceFactory(is_active=False).variant
    pounds = PriceListFactory(code="gbp", currency="GBP")
    PriceFactory(price_list=pounds, variant=dear, amount=Decimal(7))
    ids = [priced.variant_id, dear.pk, inactive.pk]

    found = selectors.prices_for(variant_ids=ids, currency="INR", now=NOW)

    assert list(found) == [priced.variant_id]
    price = found[priced.variant_id]
    assert (price.amount, price.compare_at) == (Decimal(100), Decimal(150))
    assert (price.price_list_code, price.is_tax_inclusive) == ("inr", True)


def test_new_default_list_takes_the_place_of_the_old_one():
    PriceListFactory()

    services.save_price_list(
        code="summer",
        name="Summer",
        currency="INR",
        is_tax_inclusive=False,
        is_default=True,
        actor=SYSTEM_ACTOR,
        now=NOW,
    )

    assert selectors.default_price_list("INR").code == "summer"
    assert list(PriceList.objects.filter(is_default=False).values_list("code", flat=True)) == [
        "inr"
    ]
