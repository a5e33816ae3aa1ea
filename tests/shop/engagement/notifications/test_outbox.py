import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from shop.core.models import AuditEntry
from shop.engagement.notifications import outbox, selectors, services
from shop.engagement.notifications.models import Message
from tests.factories.core import NOW, STAFF_ACTOR

pytestmark = pytest.mark.django_db
HERE = "tests.shop.engagement.notifications.test_outbox"


class BrokenBackend(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        """Refuse the connection."""
        raise ConnectionRefusedError("no mail server")


class RefusingBackend(EmailBackend):
    """A mail server that knows no such person."""

    def send_messages(self, messages):
        """Refuse the recipient for good."""
        raise smtplib.SMTPRecipientsRefused({"ravi@example.com": (550, b"no such user")})


def _queue(dedupe_key="welcome:1", **values):
    facts = {
        "kind": "welcome",
        "recipient": "ravi@example.com",
        "subject": "Welcome\n to the store",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "dedupe_key": dedupe_key,
        "now": NOW,
        **values,
    }
    return services.send_rendered(**facts)


def test_a_queued_message_is_sent_once_with_text_and_html():
    _queue()

    assert services.drain(NOW) == 1
    assert services.drain(NOW) == 0

    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("Welcome to the store", ["ravi@example.com"])
    assert sent.body == "Hello\n"
    assert [(part.content, part.mimetype) for part in sent.alternatives] == [
        ("<p>Hello</p>", "text/html")
    ]
    message = Message.objects.get()
    assert (message.state, message.sent_at, message.attempts) == ("SENT", NOW, 1)
    assert message.key in sent.extra_headers["Message-ID"]


def test_the_same_message_is_queued_once():
    first = _queue()

    assert _queue(text="Again") is None
    assert Message.objects.get().pk == first.pk


def test_nothing_is_sent_before_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        _queue("a", now=NOW - timedelta(days=400))
        _queue("b", now=NOW - timedelta(days=400))
        assert mail.outbox == []

    assert len(callbacks) == 1
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_down_is_tried_again_later(settings):
    settings.EMAIL_BACKEND = f"{HERE}.BrokenBackend"
    _queue()
    assert services.drain(NOW) == 0

    message = Message.objects.get()
    assert (message.state, message.next_try_at) == ("RETRY_WAIT", NOW + timedelta(minutes=1))
    assert message.last_error == "ConnectionRefusedError: no mail server"
    assert (message.lease_until, services.drain(NOW + timedelta(seconds=59))) == (None, 0)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.drain(NOW + timedelta(minutes=1)) == 1
    assert len(mail.outbox) == 1


def test_after_the_last_try_a_message_is_given_up_and_stays_visible(settings):
    settings.EMAIL_BACKEND = f"{HERE}.BrokenBackend"
    _queue()
    for day in range(outbox.MAX_ATTEMPTS + 2):
        services.drain(NOW + timedelta(days=day))

    message = Message.objects.get()
    assert (message.state, message.attempts) == ("DEAD", outbox.MAX_ATTEMPTS)


def test_an_address_that_does_not_exist_is_given_up_at_once(settings):
    settings.EMAIL_BACKEND = f"{HERE}.RefusingBackend"
    _queue()
    services.drain(NOW)

    message = Message.objects.get()
    assert (message.state, message.attempts) == ("DEAD", 1)
    assert "no such user" in message.last_error


def test_staff_send_a_given_up_message_again():
    message = _queue()
    Message.objects.update(state="DEAD", attempts=8)

    services.retry(message_id=message.pk, actor=STAFF_ACTOR, now=NOW)
    services.retry(message_id=message.pk, actor=STAFF_ACTOR, now=NOW)

    assert services.drain(NOW) == 1
    services.retry(message_id=message.pk, actor=STAFF_ACTOR, now=NOW)
    assert Message.objects.get().state == "SENT"
    assert AuditEntry.objects.count() == 1


def test_a_leased_message_is_left_to_its_worker_until_the_lease_ends():
    _queue()
    (taken,) = outbox.claim(NOW)

    assert outbox.claim(NOW + timedelta(minutes=4)) == []
    (again,) = outbox.claim(NOW + timedelta(minutes=5))
    assert (again.pk, again.attempts) == (taken.pk, 2)


def test_a_header_cannot_be_smuggled_in():
    _queue(subject="Hello\r\nBcc: all@example.com", recipient="ravi@example.com")
    services.drain(NOW)

    assert mail.outbox[0].subject == "Hello Bcc: all@example.com"
    assert mail.outbox[0].bcc == []


def test_a_recipient_that_is_no_address_does_not_stop_the_others():
    _queue("bad", recipient="ravi@example.com\nBcc: x@example.com")
    _queue("good")

    assert services.drain(NOW) == 1
    assert Message.objects.get(dedupe_key="bad").state == "DEAD"


def test_health_tells_when_mail_waits_for_long():
    assert selectors.probe(NOW).ok
    _queue()

    assert selectors.probe(NOW + timedelta(minutes=15)).ok
    late = selectors.probe(NOW + timedelta(minutes=16))
    assert (late.ok, late.detail) == (False, "oldest mail waits 960 s")
