import pytest
from django.db import transaction

from shop.core import events, idempotency, inbox, timeline
from shop.core.idempotency import IdempotencyConflict
from shop.core.models import IdempotencyRecord, InboxMessage
from tests.factories.core import NOW, STAFF_ACTOR


def _begin(fingerprint="F1", key="K1"):
    return idempotency.begin(scope="checkout", key=key, fingerprint=fingerprint, now=NOW)


@transaction.atomic
def _begin_and_fail():
    _begin()
    raise ZeroDivisionError


@transaction.atomic
def _receive_and_publish():
    inbox.receive(source="s", external_id="E", body="", headers={}, now=NOW)
    events.publish(events.RowsWritten("core.InboxMessage", (1,), "create"))


@pytest.mark.django_db
def test_a_second_submission_gets_the_first_answer():
    with transaction.atomic():
        first = _begin()
        assert first.answer is None
        first.finish({"number": "260314-ABCDEF"})

    with transaction.atomic():
        assert _begin().answer == {"number": "260314-ABCDEF"}

    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused():
    with transaction.atomic():
        _begin().finish({"number": "1"})

    with pytest.raises(IdempotencyConflict), transaction.atomic():
        _begin(fingerprint="F2")

    assert IdempotencyRecord.objects.get().answer == {"number": "1"}


@pytest.mark.django_db
def test_work_that_failed_may_be_submitted_again():
    with pytest.raises(ZeroDivisionError):
        _begin_and_fail()

    with transaction.atomic():
        assert _begin(fingerprint="F2").answer is None


@pytest.mark.django_db(transaction=True)
def test_a_claim_outside_a_transaction_is_a_mistake():
    with pytest.raises(transaction.TransactionManagementError):
        _begin()


@pytest.mark.django_db
def test_a_message_that_comes_twice_is_kept_once():
    first = inbox.receive(source="testpay", external_id="E1", body="{}", headers={}, now=NOW)
    second = inbox.receive(source="testpay", external_id="E1", body="x", headers={}, now=NOW)

    assert (first.is_new, second.is_new) == (True, False)
    assert first.id == second.id
    assert InboxMessage.objects.get().body == "{}"


@pytest.mark.django_db
def test_a_handled_message_is_not_handled_again():
    receipt = inbox.receive(source="testpay", external_id="E1", body="{}", headers={}, now=NOW)
    assert inbox.waiting("testpay") == [receipt.id]

    message = inbox.lock(receipt.id)
    inbox.finish(message, result="paid", now=NOW)

    assert inbox.lock(receipt.id) is None
    assert inbox.waiting("testpay") == []


@pytest.mark.django_db
def test_a_thread_is_read_from_its_beginning():
    for kind in ("placed", "paid"):
        timeline.record(
            subject_type="order",
            subject_key="O1",
            thread_type="order",
            thread_key="O1",
            kind=kind,
            message=kind.title(),
            actor=STAFF_ACTOR,
            now=NOW,
        )

    entries = timeline.entries("order", "O1")

    assert [entry.kind for entry in entries] == ["placed", "paid"]
    assert {entry.actor_label for entry in entries} == {"Asha Staff"}


@pytest.mark.django_db
def test_a_failing_subscriber_undoes_the_work(monkeypatch):
    monkeypatch.setattr(events, "_subscribers", events.defaultdict(list))

    def refuse(event):
        raise ZeroDivisionError

    events.subscribe(events.RowsWritten, refuse)
    with pytest.raises(ZeroDivisionError):
        _receive_and_publish()

    assert InboxMessage.objects.count() == 0


def test_subscribing_twice_is_heard_once(monkeypatch):
    monkeypatch.setattr(events, "_subscribers", events.defaultdict(list))
    heard = []

    events.subscribe(events.RowsWritten, heard.append)
    handler = heard.append
    events.subscribe(events.RowsWritten, handler)
    events.publish(events.RowsWritten("core.InboxMessage", (1,), "create"))

    assert len(heard) == 1
