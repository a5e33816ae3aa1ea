from datetime import date, time

import pytest

from shop.core import audit, options
from shop.core.models import AuditEntry
from shop.core.options import InvalidOption
from shop.directory.geography import gstin
from shop.directory.organization import calendars, selectors, services
from shop.directory.organization.exceptions import InvalidProfile
from shop.directory.organization.models import Holiday, StoreProfile
from tests.factories.core import NOW, STAFF_ACTOR
from tests.factories.organization import LocationFactory

pytestmark = pytest.mark.django_db


def test_a_new_store_is_the_modern_store_of_madanapalle():
    store = selectors.store()

    assert (store.name, store.city, store.postal_code) == ("Modern Store", "Madanapalle", "517325")
    assert store.address == "Madanapalle 517325, Andhra Pradesh, India"
    assert (store.locale, store.currency, store.state) == ("en-IN", "INR", "AP")
    assert gstin.is_valid(store.gstin)
    assert store.gstin[:2] == "37"


def test_a_request_asks_once_who_the_store_is(django_assert_num_queries):
    with options.snapshot(), django_assert_num_queries(2):
        selectors.store()
        selectors.store()


def test_a_changed_profile_is_audited_with_what_changed():
    services.save_profile(values={"line1": "1 Market Road"}, actor=STAFF_ACTOR, now=NOW)

    assert selectors.store().line1 == "1 Market Road"
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"line1": ""}, {"line1": "1 Market Road"})
    assert audit.verify() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"gstin": "37AAAAA0000A1Z9"}, "gstin"),
        ({"gstin": "27AAPFU0939F1ZV"}, "gstin"),
        ({"state": "XX"}, "state"),
        ({"pk": 2}, "pk"),
    ],
)
def test_a_wrong_profile_is_refused_and_nothing_changes(values, field):
    with pytest.raises(InvalidProfile) as refusal:
        services.save_profile(values=values, actor=STAFF_ACTOR, now=NOW)

    assert refusal.value.field == field
    assert StoreProfile.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_there_is_one_profile_only():
    StoreProfile.objects.create(pk=1)

    with pytest.raises(Exception, match="store_profile_is_one_row"):
        StoreProfile.objects.create(pk=2)


def test_warehouses_in_use_come_by_priority():
    last = LocationFactory(priority=20)
    first = LocationFactory(priority=10)
    LocationFactory(is_active=False)
    LocationFactory(kind="OFFICE")

    assert list(selectors.active_warehouses()) == [first, last]


def test_a_location_is_added_and_changed_by_code():
    made = services.save_location(
        code="HYD", values={"name": "Hyderabad", "state": "TS"}, actor=STAFF_ACTOR, now=NOW
    )
    changed = services.save_location(code="HYD", values={"priority": 5}, actor=STAFF_ACTOR, now=NOW)

    assert (changed.pk, changed.name, changed.priority) == (made.pk, "Hyderabad", 5)
    assert AuditEntry.objects.latest("position").after == {"priority": 5}


def test_sundays_yearly_and_dated_holidays_are_free():
    Holiday.objects.create(on=date(2026, 8, 17), name="Store anniversary")

    free = selectors.free_days(date(2026, 8, 14), date(2026, 8, 18))

    assert free == {date(2026, 8, 15), date(2026, 8, 16), date(2026, 8, 17)}
    assert selectors.is_working_day(date(2026, 8, 14))
    assert not selectors.is_working_day(date(2026, 1, 26))


def test_a_fiscal_year_follows_the_setting_at_once():
    assert selectors.fiscal_year_of(date(2026, 4, 1)).name == "2026"

    options.set_value("store.fiscal_year_start", 4, STAFF_ACTOR, NOW)

    assert selectors.fiscal_year_of(date(2026, 4, 1)).name == "2027"
    assert selectors.fiscal_year_of(date(2026, 3, 31)).name == "2026"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("store.brand_color", "blue"),
        ("store.currency", "RUPEES"),
        ("store.fiscal_year_start", 13),
        ("hours.default", "Mon-Sat 18:00-09:00"),
        ("hours.default", "always"),
        ("hours.default", ""),
        ("hours.holidays", "13-45 Nothing"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(key, value):
    before = options.value(key)

    with pytest.raises(InvalidOption):
        options.set_value(key, value, STAFF_ACTOR, NOW)

    assert options.value(key) == before


def test_hours_are_read_as_they_are_typed():
    hours = calendars.parse_hours("Mon-Fri 09:00-17:30, Sat 10:00-14:00")

    assert hours[4] == (time(9), time(17, 30))
    assert hours[5] == (time(10), time(14))
    assert 6 not in hours
