"""Rows that every purchase writes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Concat
from django.utils import timezone

from shop.core.models import IdempotencyRecord, OptionValue, TimelineEntry
from shop.core.rows import FEW, insert, insert_unless_there
from shop.directory.customers.models import Customer
from shop.sales.cart.models import Cart

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def _record(key, **columns):
    return IdempotencyRecord(
        scope="a", key=key, fingerprint="f", answer={"n": [1]}, created_at=NOW, **columns
    )


def test_hot_row_is_saved_and_changed_as_given():
    customer = Customer(email="asha@example.com", full_name="Asha", created_at=NOW, updated_at=NOW)

    customer.save()
    customer.lifetime_value = Decimal("12.50")
    customer.last_order_at = NOW - timedelta(days=1)
    customer.first_order_at = None
    customer.full_name = "not written"
    customer.save(update_fields=["lifetime_value", "last_order_at", "first_order_at"])

    saved = Customer.objects.get(pk=customer.pk)
    assert (saved.email, saved.full_name) == ("asha@example.com", "Asha")
    assert (saved.lifetime_value, saved.last_order_at) == (
        Decimal("12.50"),
        NOW - timedelta(days=1),
    )
    assert saved.first_order_at is None


def test_column_with_a_default_of_its_own_is_given_or_filled_in():
    given = Cart.objects.create(currency="INR", channel="B2B", last_activity_at=NOW, created_at=NOW)
    filled = Cart.objects.create(currency="INR", last_activity_at=NOW, created_at=NOW)
    alone, among = (Cart(currency="INR", last_activity_at=NOW, created_at=NOW) for _ in range(2))
    insert([alone])
    insert([among, Cart(currency="INR", channel="B2B", last_activity_at=NOW, created_at=NOW)])

    assert (given.channel, filled.channel) == ("B2B", Cart.objects.get(pk=filled.pk).channel)
    assert Cart.objects.get(pk=given.pk).channel == "B2B"
    assert Cart.objects.get(pk=alone.pk).channel == Cart.objects.get(pk=among.pk).channel == "WEB"


def test_hot_row_takes_expressions_as_well():
    record = _record("one")
    record.save()

    record.fingerprint = Concat(F("fingerprint"), F("scope"))
    record.save(update_fields=["fingerprint"])

    assert IdempotencyRecord.objects.get().fingerprint == "fa"


def test_change_of_a_row_that_is_gone_is_an_error():
    record = _record("one")
    record.save()
    IdempotencyRecord.objects.all().delete()

    with pytest.raises(DatabaseError), transaction.atomic():
        record.save(update_fields=["answer"])


def test_whole_row_that_is_gone_is_written_anew():
    record = _record("one")
    record.save()
    IdempotencyRecord.objects.all().delete()

    record.save()

    assert IdempotencyRecord.objects.get().pk == record.pk


@pytest.mark.parametrize("count", [1, 2, FEW + 1])
def test_inserted_rows_get_their_own_keys(count):
    rows = insert([_record(str(number)) for number in range(count)])

    assert {row.pk: row.key for row in rows} == dict(
        IdempotencyRecord.objects.values_list("pk", "key")
    )
    assert len(rows) == count
    assert IdempotencyRecord.objects.first().answer == {"n": [1]}
    assert not any(row._state.adding for row in rows)


def test_nothing_to_insert_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert([]) == []


def test_second_row_of_its_kind_is_an_error_or_left_out():
    assert insert_unless_there(_record("one"))

    assert not insert_unless_there(_record("one"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([_record("one")])

    assert IdempotencyRecord.objects.count() == 1


def test_saving_tells_whoever_watches_and_inserting_does_not(monkeypatch):
    heard = []
    monkeypatch.setattr(
        "django.db.models.base.post_save.send", lambda **words: heard.append(words["instance"])
    )

    entry = TimelineEntry(key="E" * 26, kind="k", message="m", occurred_at=NOW)
    entry.save(force_insert=True)
    insert([OptionValue(key="silent", value=1, updated_at=NOW)])

    assert heard == [entry]
