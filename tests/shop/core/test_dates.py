from datetime import UTC, date, datetime

import pytest

from shop.core.dates import day_bounds, fiscal_year, store_date


def test_a_day_ends_at_midnight_in_the_store():
    first, after = day_bounds(date(2026, 3, 14))

    assert first.astimezone(UTC) == datetime(2026, 3, 13, 18, 30, tzinfo=UTC)
    assert after.astimezone(UTC) == datetime(2026, 3, 14, 18, 30, tzinfo=UTC)
    assert store_date(datetime(2026, 3, 13, 18, 29, tzinfo=UTC)) == date(2026, 3, 13)
    assert store_date(datetime(2026, 3, 13, 18, 30, tzinfo=UTC)) == date(2026, 3, 14)


@pytest.mark.parametrize(
    ("day", "start", "named_after", "name", "first", "quarter"),
    [
        (date(2026, 3, 31), 1, "ending", "2026", date(2026, 1, 1), 1),
        (date(2026, 3, 31), 4, "ending", "2026", date(2025, 4, 1), 4),
        (date(2026, 4, 1), 4, "ending", "2027", date(2026, 4, 1), 1),
        (date(2026, 4, 1), 4, "starting", "2026", date(2026, 4, 1), 1),
    ],
)
def test_a_fiscal_year_begins_and_is_named_as_the_store_says(
    day, start, named_after, name, first, quarter
):
    year = fiscal_year(day, start, named_after)

    assert (year.name, year.first_day, year.quarter_of(day)) == (name, first, quarter)
    assert (year.last_day - year.first_day).days in {364, 365}
