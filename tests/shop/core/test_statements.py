"""Questions that are put into SQL once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.core.models import IdempotencyRecord, OptionValue
from shop.core.statements import Statement

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def _store(**values):
    for key, value in values.items():
        OptionValue.objects.create(key=key, value=value, updated_at=NOW)


BY_KEY = Statement(lambda key: OptionValue.objects.filter(key=key))
AMONG = Statement(
    lambda keys, limit: (
        OptionValue.objects.filter(key__in=keys, updated_at__lte=limit)
        .order_by("key")
        .values_list("key", "value")
    )
)
KEYS = Statement(lambda: OptionValue.objects.order_by("key").values_list("key", flat=True))
LOCKED = Statement(lambda key: IdempotencyRecord.objects.select_for_update().filter(key=key))


def test_statement_answers_rows_like_its_queryset():
    _store(first={"a": [1]}, second=2)

    row = BY_KEY.one(key="first")

    assert row == OptionValue.objects.get(key="first")
    assert (row.value, row.updated_at) == ({"a": [1]}, NOW)
    assert not row._state.adding
    assert BY_KEY.one(key="third") is None
    assert BY_KEY.get(key="second").value == 2


def test_row_of_a_statement_can_be_saved():
    _store(first=1)

    row = BY_KEY.get(key="first")
    row.value = 5
    row.save()

    assert OptionValue.objects.get().value == 5


def test_list_stands_for_as_many_values_as_it_has():
    _store(a=1, b=2, c=3)

    assert AMONG.all(keys=["a", "c"], limit=NOW) == [("a", 1), ("c", 3)]
    assert AMONG.all(keys=["b"], limit=NOW) == [("b", 2)]
    assert AMONG.all(keys=["a", "b", "c"], limit=NOW - timedelta(seconds=1)) == []


def test_empty_list_finds_nothing_and_asks_nothing(django_assert_num_queries):
    _store(a=1)

    with django_assert_num_queries(0):
        assert AMONG.all(keys=[], limit=NOW) == []


def test_value_cannot_become_sql():
    _store(a=1)

    assert BY_KEY.one(key="a' OR 'x'='x") is None
    assert BY_KEY.one(key="%s") is None


def test_statement_sees_what_was_written_since():
    assert KEYS.all() == []

    _store(b=1, a=2)

    assert KEYS.all() == ["a", "b"]


def test_statement_asks_what_its_queryset_would():
    connection = transaction.get_connection()
    with CaptureQueriesContext(connection) as by_queryset:
        list(OptionValue.objects.order_by("key").values_list("key", flat=True))
    with CaptureQueriesContext(connection) as by_statement:
        KEYS.all()

    assert by_statement.captured_queries[0]["sql"] == by_queryset.captured_queries[0]["sql"]


@pytest.mark.parametrize("values", [{}, {"key": None}, {"key": "a", "other": 1}])
def test_missing_or_unknown_values_are_refused(values):
    with pytest.raises(TypeError):
        BY_KEY.one(**values)


def test_dictionaries_are_not_answered():
    rows = Statement(lambda: OptionValue.objects.values("key"))

    with pytest.raises(TypeError):
        rows.all()


@pytest.mark.django_db(transaction=True)
def test_lock_needs_a_transaction():
    with transaction.atomic():
        assert LOCKED.one(key="a") is None

    with pytest.raises(transaction.TransactionManagementError):
        LOCKED.one(key="a")
