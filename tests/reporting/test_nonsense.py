"""Addresses that no link of ours makes: answered in peace, with nothing or with a word."""

from decimal import Decimal

import pytest
from django.utils import timezone

from reporting.bands import parse_bands
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from tests.reporting.history import past, rows_of

pytestmark = pytest.mark.django_db
NONSENSE = ("\u00b2", "\u0663", "99999999999999999999", "-1", "1e9", "abc", "' or 1=1", "%")


@pytest.mark.req("REP-18")
@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize(
    "address",
    ["rows/?rep={}", "rows/?region={}", "rows/?city={}", "lines/?band={}", "lines/?sku={}"],
)
def test_rows_behind_no_figure_are_none(manager, buyer, address, value):
    past(buyer, 1, ("A", 1, "10.00"))

    answer = manager.get(f"/reports/{address.format(value)}&period=all&format=csv")

    assert rows_of(answer) == []


@pytest.mark.parametrize("name", ["period", "start", "end", "grain", "compare", "channel"])
def test_a_wrong_filter_is_named_and_the_default_holds(manager, buyer, name):
    past(buyer, 1, ("A", 1, "10.00"), at=timezone.now())

    answer = manager.get("/reports/revenue/", {name: "32/13/abcd"})

    assert answer.status_code == 200
    assert name in answer.context["form"].errors


@pytest.mark.req("REP-02")
@pytest.mark.parametrize("bands", ["abc", "10,,x", "NaN", "sNaN", "Infinity", "0", "-5,10"])
def test_borders_that_are_no_amounts_are_refused(bands):
    with pytest.raises(options.InvalidOption):
        options.set_value("reports.price_bands", bands, SYSTEM_ACTOR, timezone.now())

    assert parse_bands(options.value("reports.price_bands"))[0] == Decimal(500)
