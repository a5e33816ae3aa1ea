"""Date words and date functions where one day, week, month or year ends and the next begins."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm_sync.localorg import clock
from crm_sync.localorg.soql import periods
from tests.crm_sync.localorg.desk import Desk

NOON = datetime(2028, 2, 29, 6, 30, tzinfo=UTC)  # 12:00 in Kolkata, a leap day, a Tuesday


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def edges(desk, monkeypatch):
    """Leads that were made one second before, and at, midnight in Kolkata."""
    for name, moment in (
        ("monday 23:59:59", "2028-02-28T18:29:59.000+0000"),
        ("tuesday 00:00", "2028-02-28T18:30:00.000+0000"),
        ("tuesday 23:59:59", "2028-02-29T18:29:59.000+0000"),
        ("wednesday 00:00", "2028-02-29T18:30:00.000+0000"),
    ):
        record = desk.create("Lead", LastName=name, Company="C")
        desk.stamp("Lead", record, CreatedDate=moment)
    at(monkeypatch, NOON)
    return desk


ALL = {"monday 23:59:59", "tuesday 00:00", "tuesday 23:59:59", "wednesday 00:00"}
TUESDAY = {"tuesday 00:00", "tuesday 23:59:59"}


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("= TODAY", TUESDAY),
        ("!= TODAY", ALL - TUESDAY),
        ("< TODAY", {"monday 23:59:59"}),
        ("<= TODAY", ALL - {"wednesday 00:00"}),
        ("> TODAY", {"wednesday 00:00"}),
        (">= TODAY", ALL - {"monday 23:59:59"}),
        ("= YESTERDAY", {"monday 23:59:59"}),
        ("= TOMORROW", {"wednesday 00:00"}),
        ("IN (YESTERDAY, TOMORROW)", ALL - TUESDAY),
        ("NOT IN (YESTERDAY, TOMORROW)", TUESDAY),
        ("= THIS_MONTH", ALL - {"wednesday 00:00"}),
        ("= NEXT_MONTH", {"wednesday 00:00"}),
        ("= THIS_QUARTER", ALL),
        ("= LAST_N_DAYS:1", ALL - {"wednesday 00:00"}),
        ("= NEXT_N_DAYS:1", {"wednesday 00:00"}),
        ("= N_DAYS_AGO:1", {"monday 23:59:59"}),
        ("= N_DAYS_AGO:0", TUESDAY),
        (">= 2028-02-29T00:00:00+05:30", ALL - {"monday 23:59:59"}),
        ("= 2028-02-28T18:30:00Z", {"tuesday 00:00"}),
    ],
)
@pytest.mark.req("ORG-03")
def test_days_begin_at_midnight_of_the_user(edges, condition, names):
    found = edges.ask(f"SELECT LastName FROM Lead WHERE CreatedDate {condition}")

    assert {row["LastName"] for row in found} == names


@pytest.mark.req("ORG-03")
def test_date_functions_count_in_utc_and_after_conversion_in_the_users_zone(edges):
    day = "SELECT DAY_ONLY({0}) d, COUNT(Id) n FROM Lead "
    day += "GROUP BY DAY_ONLY({0}) ORDER BY DAY_ONLY({0})"
    zoned = "convertTimezone(CreatedDate)"
    hour = edges.ask(
        f"SELECT HOUR_IN_DAY({zoned}) h, COUNT(Id) n FROM Lead GROUP BY HOUR_IN_DAY({zoned}) "
        f"ORDER BY HOUR_IN_DAY({zoned})"
    )

    assert edges.ask(day.format("CreatedDate")) == [
        {"d": "2028-02-28", "n": 2},
        {"d": "2028-02-29", "n": 2},
    ]
    assert edges.ask(day.format(zoned)) == [
        {"d": "2028-02-28", "n": 1},
        {"d": "2028-02-29", "n": 2},
        {"d": "2028-03-01", "n": 1},
    ]
    assert hour == [{"h": 0, "n": 2}, {"h": 23, "n": 2}]
    in_march = edges.ask(f"SELECT LastName FROM Lead WHERE CALENDAR_MONTH({zoned}) = 3")
    assert in_march == [{"LastName": "wednesday 00:00"}]


@pytest.mark.req("ORG-03")
def test_a_zone_with_summer_time_has_days_of_23_and_25_hours(tmp_path, monkeypatch):
    desk = Desk(tmp_path / "york", zone="America/New_York")
    for name, moment in (
        ("before", "2026-11-01T03:59:59.000+0000"),
        ("first", "2026-11-01T04:00:00.000+0000"),
        ("last", "2026-11-02T04:59:59.000+0000"),
        ("after", "2026-11-02T05:00:00.000+0000"),
    ):
        desk.stamp("Lead", desk.create("Lead", LastName=name, Company="C"), CreatedDate=moment)
    at(monkeypatch, datetime(2026, 11, 1, 17, tzinfo=UTC))

    today = desk.ask("SELECT LastName FROM Lead WHERE CreatedDate = TODAY ORDER BY CreatedDate")
    hours = desk.ask(
        "SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)) h, COUNT(Id) n FROM Lead "
        "GROUP BY HOUR_IN_DAY(convertTimezone(CreatedDate))"
    )
    desk.org.close()

    assert [row["LastName"] for row in today] == ["first", "last"]
    assert hours == [{"h": 0, "n": 2}, {"h": 23, "n": 2}]


def days(first, last):
    return date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "word", "count", "span"),
    [
        ("2026-11-21", "THIS_WEEK", None, days("2026-11-15", "2026-11-21")),
        ("2026-11-22", "THIS_WEEK", None, days("2026-11-22", "2026-11-28")),
        ("2026-11-22", "LAST_WEEK", None, days("2026-11-15", "2026-11-21")),
        ("2026-11-21", "NEXT_WEEK", None, days("2026-11-22", "2026-11-28")),
        ("2026-11-21", "LAST_N_WEEKS", 2, days("2026-11-01", "2026-11-14")),
        ("2026-11-21", "NEXT_N_WEEKS", 2, days("2026-11-22", "2026-12-05")),
        ("2026-11-21", "N_WEEKS_AGO", 2, days("2026-11-01", "2026-11-07")),
        ("2028-02-29", "LAST_YEAR", None, days("2027-01-01", "2027-12-31")),
        ("2028-03-01", "YESTERDAY", None, days("2028-02-29", "2028-02-29")),
        ("2028-02-29", "N_YEARS_AGO", 4, days("2024-01-01", "2024-12-31")),
        ("2026-12-31", "TOMORROW", None, days("2027-01-01", "2027-01-01")),
        ("2026-12-31", "NEXT_MONTH", None, days("2027-01-01", "2027-01-31")),
        ("2026-01-01", "LAST_MONTH", None, days("2025-12-01", "2025-12-31")),
        ("2026-01-01", "LAST_QUARTER", None, days("2025-10-01", "2025-12-31")),
        ("2026-03-31", "THIS_QUARTER", None, days("2026-01-01", "2026-03-31")),
        ("2026-12-31", "NEXT_QUARTER", None, days("2027-01-01", "2027-03-31")),
        ("2026-11-21", "LAST_90_DAYS", None, days("2026-08-23", "2026-11-21")),
        ("2026-11-21", "NEXT_90_DAYS", None, days("2026-11-22", "2027-02-19")),
        ("2026-11-21", "LAST_N_MONTHS", 3, days("2026-08-01", "2026-10-31")),
        ("2026-11-21", "NEXT_N_MONTHS", 2, days("2026-12-01", "2027-01-31")),
        ("2026-11-21", "N_MONTHS_AGO", 11, days("2025-12-01", "2025-12-31")),
        ("2026-11-21", "LAST_N_QUARTERS", 1, days("2026-07-01", "2026-09-30")),
        ("2026-11-21", "NEXT_N_QUARTERS", 2, days("2027-01-01", "2027-06-30")),
        ("2026-11-21", "N_QUARTERS_AGO", 4, days("2025-10-01", "2025-12-31")),
        ("2026-11-21", "LAST_N_YEARS", 2, days("2024-01-01", "2025-12-31")),
        ("2026-11-21", "NEXT_N_YEARS", 1, days("2027-01-01", "2027-12-31")),
        ("2026-11-21", "THIS_FISCAL_QUARTER", None, days("2026-10-01", "2026-12-31")),
        ("2026-11-21", "LAST_N_FISCAL_YEARS", 1, days("2025-01-01", "2025-12-31")),
        ("2026-11-21", "N_FISCAL_QUARTERS_AGO", 1, days("2026-07-01", "2026-09-30")),
    ],
)
@pytest.mark.req("ORG-03")
def test_a_date_word_stands_for_whole_days(today, word, count, span):
    assert periods.resolve(word, count, date.fromisoformat(today)) == span


@pytest.mark.req("ORG-03")
def test_every_day_of_four_years_is_in_its_own_week_month_quarter_and_year():
    day = date(2025, 1, 1)
    while day.year < 2029:
        for word in ("THIS_WEEK", "THIS_MONTH", "THIS_QUARTER", "THIS_YEAR"):
            first, end = periods.resolve(word, None, day)
            assert first <= day < end
            last = periods.resolve(word.replace("THIS", "LAST"), None, day)
            following = periods.resolve(word.replace("THIS", "NEXT"), None, day)
            assert (last[1], following[0]) == (first, end)
        assert periods.resolve("THIS_WEEK", None, day)[0].isoweekday() == 7
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "week", "month_week", "year_day", "week_day"),
    [
        ("2028-01-01", 1, 1, 1, 7),
        ("2028-01-07", 1, 1, 7, 6),
        ("2028-01-08", 2, 2, 8, 7),
        ("2028-02-29", 9, 5, 60, 3),
        ("2028-12-31", 53, 5, 366, 1),
    ],
)
@pytest.mark.req("ORG-03")
def test_parts_of_a_day(desk, day, week, month_week, year_day, week_day):
    desk.create("Opportunity", Name="D", StageName="Prospecting", CloseDate=day)
    parts = ("WEEK_IN_YEAR", "WEEK_IN_MONTH", "DAY_IN_YEAR", "DAY_IN_WEEK")

    found = [
        desk.ask(f"SELECT {part}(CloseDate) v FROM Opportunity GROUP BY {part}(CloseDate)")[0]["v"]
        for part in parts
    ]

    assert found == [week, month_week, year_day, week_day]
