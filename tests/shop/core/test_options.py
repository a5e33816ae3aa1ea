from datetime import timedelta
from decimal import Decimal

import pytest

from shop.core import audit, options
from shop.core.models import AuditEntry, OptionValue
from shop.core.options import InvalidOption, Option, UnknownOption
from tests.factories.core import NOW, STAFF_ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_options(monkeypatch):
    monkeypatch.setattr(options, "_declared", {})
    options.register(
        Option("t.number", options.INT, 100, minimum=1, maximum=1000),
        Option("t.percent", options.DECIMAL, Decimal(10), minimum=0, maximum=100),
        Option("t.switch", options.BOOL, True),
        Option("t.wait", options.DURATION, timedelta(minutes=15)),
        Option("t.way", options.CHOICE, "a", choices=("a", "b")),
    )


def test_a_setting_is_its_default_until_somebody_changes_it():
    assert options.value("t.number") == 100
    assert options.value("t.percent") == Decimal(10)
    assert options.value("t.wait") == timedelta(minutes=15)
    assert OptionValue.objects.count() == 0


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("t.number", "101", 101),
        ("t.percent", "12.50", Decimal("12.50")),
        ("t.switch", "off", False),
        ("t.wait", "90", timedelta(seconds=90)),
        ("t.way", "b", "b"),
    ],
)
def test_a_changed_setting_keeps_its_type(key, typed, value):
    options.set_value(key, typed, STAFF_ACTOR, NOW)

    assert options.value(key) == value


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("t.number", "0"),
        ("t.number", "1001"),
        ("t.number", "many"),
        ("t.number", True),
        ("t.percent", "NaN"),
        ("t.percent", "-1"),
        ("t.switch", "maybe"),
        ("t.way", "c"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(key, typed):
    with pytest.raises(InvalidOption, match=key):
        options.set_value(key, typed, STAFF_ACTOR, NOW)

    assert OptionValue.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_a_change_is_in_the_audit_trail_with_old_and_new_value():
    options.set_value("t.number", 101, STAFF_ACTOR, NOW)
    options.set_value("t.number", 101, STAFF_ACTOR, NOW)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_key) == ("option.changed", "t.number")
    assert (entry.before, entry.after) == ({"value": 100}, {"value": 101})
    assert entry.actor_label == "Asha Staff"
    assert audit.verify() == []


def test_a_request_reads_all_settings_with_one_query(django_assert_num_queries):
    with options.snapshot(), django_assert_num_queries(1):
        for _ in range(3):
            options.value("t.number")
            options.value("t.way")


def test_a_request_sees_its_own_change_at_once():
    with options.snapshot():
        assert options.value("t.number") == 100
        options.set_value("t.number", 7, STAFF_ACTOR, NOW)
        assert options.value("t.number") == 7


def test_an_undeclared_setting_is_a_mistake():
    with pytest.raises(UnknownOption):
        options.value("t.unknown")


def test_a_default_out_of_its_bounds_is_refused_at_start():
    with pytest.raises(InvalidOption):
        options.register(Option("t.bad", options.INT, 0, minimum=1))
