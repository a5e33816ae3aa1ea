"""How often a connection is asked whether its server still listens."""

import pytest
from django.db import connection
from django.db.backends.postgresql import base as django_backend

if connection.vendor != "postgresql":
    pytest.skip("speaks of PostgreSQL", allow_module_level=True)

from shop.core.postgres import base


class Server:
    """Counts the questions it is asked; the clock turns by hand."""

    now = 100.0
    asked = 0
    answer = True

    def answers(self):
        self.asked += 1
        return self.answer


@pytest.fixture
def server(monkeypatch):
    made = Server()
    monkeypatch.setattr(django_backend.DatabaseWrapper, "is_usable", lambda _: made.answers())
    monkeypatch.setattr(base.time, "monotonic", lambda: made.now)
    return made


@pytest.fixture
def link():
    made = connection.copy()
    made.connection = object()
    return made


def test_a_connection_is_asked_once_within_some_seconds(server, link):
    assert [link.is_usable() for _ in range(3)] == [True, True, True]
    assert server.asked == 1

    server.now += base.SECONDS_TRUSTED

    assert link.is_usable()
    assert server.asked == 2


def test_after_an_error_the_server_is_asked_at_once(server, link):
    assert link.is_usable()
    link.errors_occurred = True
    server.answer = False

    assert not link.is_usable()

    link.errors_occurred = False
    assert not link.is_usable()
    assert server.asked == 3


def test_a_connection_that_is_closed_is_not_usable(link):
    link.answered_at = base.time.monotonic()
    link.connection = None

    assert not link.is_usable()
