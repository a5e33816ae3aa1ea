"""Twenty at one row: submissions, guests, messages, the audit chain and roles."""

import time

import pytest
from django.core import mail
from django.db import transaction

from shop.core import audit, idempotency, inbox
from shop.core.models import AuditEntry, IdempotencyRecord, InboxMessage
from shop.directory.customers import services as customers
from shop.directory.customers.models import Customer, User
from shop.engagement.notifications import services as notifications
from shop.engagement.notifications.models import Message
from tests.factories.core import GUEST_ACTOR, NOW, STAFF_ACTOR
from tests.races.crowd import all_at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
CROWD = 20


def test_twenty_parallel_submissions_have_one_effect_and_one_answer():
    worked = []

    @transaction.atomic
    def submit(number):
        claim = idempotency.begin(scope="checkout", key="K1", fingerprint="F1", now=NOW)
        if claim.answer is None:
            worked.append(number)
            time.sleep(0.05)
            claim.finish({"by": number})
        return claim.answer

    answers = all_at_once(submit, CROWD)

    assert len(worked) == 1
    assert answers == [{"by": worked[0]}] * CROWD
    assert IdempotencyRecord.objects.count() == 1


def test_when_the_first_submission_fails_another_one_does_the_work():
    tries = []

    @transaction.atomic
    def work(number):
        claim = idempotency.begin(scope="checkout", key="K1", fingerprint="F1", now=NOW)
        if claim.answer is None:
            tries.append(number)
            time.sleep(0.02)
            if len(tries) == 1:
                raise ZeroDivisionError
            claim.finish({"by": number})
        return claim.answer

    def submit(number):
        try:
            return work(number)
        except ZeroDivisionError:
            return None

    answers = all_at_once(submit, CROWD)

    assert len(tries) == 2
    assert answers.count(None) == 1
    assert answers.count({"by": tries[1]}) == CROWD - 1


def test_parallel_guests_of_one_address_share_one_row():
    spellings = ("ravi@example.com", "Ravi@Example.com ", "RAVI@EXAMPLE.COM")

    guests = all_at_once(
        lambda number: (
            customers.guest_for(
                email=spellings[number % 3],
                full_name="Ravi",
                phone="",
                actor=GUEST_ACTOR,
                now=NOW,
            ).pk
        ),
        CROWD,
    )

    assert len(set(guests)) == 1
    assert Customer.objects.count() == 1


@pytest.mark.req("NOT-01")
def test_one_message_is_queued_and_sent_however_many_ask_and_send():
    def queue(number):
        return notifications.send_rendered(
            kind="order_placed",
            recipient="ravi@example.com",
            subject="Thank you",
            text="Thank you",
            html="",
            dedupe_key="order_placed:O1",
            now=NOW,
        )

    queued = all_at_once(queue, CROWD)
    all_at_once(lambda number: notifications.drain(NOW), CROWD)

    assert sum(message is not None for message in queued) == 1
    assert Message.objects.count() == 1
    assert len(mail.outbox) == 1


def test_workers_share_a_full_outbox_without_sending_anything_twice():
    Message.objects.bulk_create(
        Message(
            kind="news",
            recipient=f"c{number}@example.com",
            subject="News",
            text="News",
            dedupe_key=f"news:{number}",
            next_try_at=NOW,
            created_at=NOW,
        )
        for number in range(300)
    )

    sent = all_at_once(lambda number: notifications.drain(NOW), 6)

    assert sum(sent) == 300
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 300


def test_the_audit_chain_stays_whole_when_many_write_to_it():
    all_at_once(
        lambda number: audit.record(
            action="race",
            subject_type="test",
            subject_key=str(number),
            actor=STAFF_ACTOR,
            now=NOW,
        ),
        CROWD,
    )

    assert AuditEntry.objects.count() == CROWD
    assert audit.verify() == []


def test_a_webhook_that_comes_many_times_at_once_is_kept_once():
    receipts = all_at_once(
        lambda number: inbox.receive(
            source="testpay", external_id="E1", body="{}", headers={}, now=NOW
        ),
        CROWD,
    )

    assert sum(receipt.is_new for receipt in receipts) == 1
    assert len({receipt.id for receipt in receipts}) == 1
    assert InboxMessage.objects.count() == 1


def test_a_guest_claimed_by_two_windows_is_merged_once():
    guest = customers.guest_for(
        email="ravi@example.com", full_name="Ravi", phone="", actor=GUEST_ACTOR, now=NOW
    )
    user = User.objects.create_user("ravi@example.com")
    target = customers.register_customer(
        user=user,
        full_name="Ravi",
        phone="",
        marketing_consent=False,
        signup_source="website",
        actor=GUEST_ACTOR,
        now=NOW,
    )

    all_at_once(
        lambda number: customers.claim_guest(customer_id=target.pk, actor=GUEST_ACTOR, now=NOW), 8
    )

    guest.refresh_from_db()
    assert guest.merged_into_id == target.pk
    assert AuditEntry.objects.filter(action="customer.merged").count() == 1
