"""What stands beside a period: months beside months, and every day of before exactly once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reporting.periods import Span, span_for
from tests.reporting.history import past, table


def span(start, end, **kind):
    return Span(date.fromisoformat(start), date.fromisoformat(end), **kind)


@pytest.mark.req("REP-05")
@pytest.mark.parametrize(
    ("now", "before", "year_before"),
    [
        # whole months stand beside whole months, also where one of them has a leap day
        (("2025-03-01", "2025-03-31"), ("2025-02-01", "2025-02-28"), ("2024-03-01", "2024-03-31")),
        (("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31"), ("2024-02-01", "2024-02-29")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        (("2025-04-01", "2025-06-30"), ("2025-01-01", "2025-03-31"), ("2024-04-01", "2024-06-30")),
        # other spans: as many days right before; 29 February becomes the 28th
        (("2024-02-28", "2024-02-29"), ("2024-02-26", "2024-02-27"), ("2023-02-28", "2023-02-28")),
        (("2026-11-12", "2026-11-13"), ("2026-11-10", "2026-11-11"), ("2025-11-12", "2025-11-13")),
    ],
)
def test_spans_stand_beside_spans_of_their_kind(now, before, year_before):
    chosen = span(*now)

    assert chosen.previous() == span(*before)
    assert chosen.year_before() == span(*year_before)


@pytest.mark.req("REP-05")
@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("month", ("2026-10-01", "2026-10-21")),
        ("quarter", ("2026-07-01", "2026-08-21")),
        ("year", ("2025-04-01", "2025-11-21")),
        ("7d", ("2026-11-08", "2026-11-14")),
    ],
)
def test_a_running_period_stands_beside_as_much_of_the_one_before(code, before):
    running = span_for(code, today=date(2026, 11, 21), first_month=4, start=None, end=None)

    assert running.previous() == span(*before)


@pytest.mark.django_db
@pytest.mark.req("REP-05")
@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize(
    "chosen",
    [
        {"start": "2025-03-01", "end": "2025-03-31"},
        {"start": "2025-01-15", "end": "2025-03-20"},
        {"start": "2025-02-01", "end": "2025-02-28", "compare": "year"},
        {"start": "2024-02-29", "end": "2025-02-28", "compare": "year"},
    ],
)
def test_every_grain_adds_up_to_the_total_of_before(manager, buyer, chosen, grain):
    for number in range(60):
        moment = datetime(2024 + number % 2, 1 + number % 12, 1 + number % 28, 6, tzinfo=UTC)
        past(buyer, number, ("A", 1, f"{100 + number}.01"), at=moment)
    for number, day in enumerate((datetime(2024, 2, 29, 6), datetime(2023, 2, 28, 6)), start=60):
        past(buyer, number, ("A", 1, "77.00"), at=day.replace(tzinfo=UTC))

    rows = table(manager, "revenue", **{"period": "custom", "grain": grain, **chosen})

    parts, total = rows[:-1], rows[-1]
    assert Decimal(total["Before"]) > 0
    assert sum(Decimal(row["Before"]) for row in parts) == Decimal(total["Before"])
    assert sum(Decimal(row["Revenue"]) for row in parts) == Decimal(total["Revenue"])


@pytest.mark.django_db
@pytest.mark.req("REP-05")
def test_units_that_came_back_count_against_those_sold(manager, buyer):
    past(buyer, 1, ("A", 5, "10.00"))
    past(buyer, 2, ("A", 2, "10.00"), order_type="RETURN")

    def units(returns):
        return table(manager, "revenue", compare="none", returns=returns)[-1]["Units"]

    assert (units("deduct"), units("ignore")) == ("3", "5")


@pytest.mark.django_db
def test_two_hundred_years_are_read_by_their_sales(manager, buyer):
    past(buyer, 1, ("A", 1, "10.00"), at=datetime(2026, 11, 20, 6, tzinfo=UTC))

    rows = table(
        manager, "revenue", period="custom", start="2000-01-02", end="2199-12-31", grain="day"
    )

    assert len(rows) < 400
    assert rows[0]["Period"] == "20/11/2026"
    assert rows[-1]["Revenue"] == "10.00"
