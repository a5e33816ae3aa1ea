from decimal import Decimal

import pytest

from shop.core import audit
from shop.core.models import AuditChain, AuditEntry
from tests.factories.core import NOW, STAFF_ACTOR

pytestmark = pytest.mark.django_db


def _record(number):
    return audit.record(
        action="price.changed",
        subject_type="price",
        subject_key=str(number),
        actor=STAFF_ACTOR,
        now=NOW,
        before={"amount": Decimal("10.00")},
        after={"amount": Decimal("12.50"), "at": NOW, "name": "Öl ₹"},
    )


def test_an_untouched_trail_is_whole():
    for number in range(3):
        _record(number)

    assert audit.verify() == []
    assert [entry.position for entry in AuditEntry.objects.order_by("pk")] == [1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [{"after": {"amount": "1.00"}}, {"actor_label": "Somebody else"}, {"action": "price.seen"}],
)
def test_a_changed_entry_is_found(change):
    for number in range(3):
        _record(number)

    AuditEntry.objects.filter(position=2).update(**change)

    assert audit.verify() == ["Entry 2 was changed"]


def test_a_missing_entry_is_found():
    for number in range(3):
        _record(number)

    AuditEntry.objects.filter(position=2).delete()

    assert audit.verify() == ["Entries 2 to 2 are missing"]


def test_a_trail_that_was_cut_at_its_end_is_found():
    for number in range(3):
        _record(number)

    AuditEntry.objects.filter(position=3).delete()

    assert audit.verify() == ["The trail ends at 2 but 3 entries were written"]


def test_an_entry_that_was_sealed_anew_breaks_the_chain():
    for number in range(3):
        _record(number)
    forged = AuditEntry.objects.get(position=2)
    forged.after = {"amount": "1.00"}
    forged.entry_hash = audit._seal(forged)
    forged.save()

    assert audit.verify() == ["Entry 3 does not follow the one before it"]
    assert AuditChain.objects.get().length == 3
