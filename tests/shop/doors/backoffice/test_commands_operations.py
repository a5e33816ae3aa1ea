"""Commands that keep the store running."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shop.core import audit, jobs
from shop.core.models import AuditEntry
from tests.factories.core import NOW, STAFF_ACTOR

pytestmark = pytest.mark.django_db


def _run(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.mark.req("API-11")
def test_drain_empties_every_outbox_without_a_worker(monkeypatch):
    monkeypatch.setattr(jobs, "_drains", {"mail": lambda _now: 3, "crm": lambda _now: 0})

    assert _run("drain") == {"mail": 3, "crm": 0}


@pytest.mark.req("API-11")
def test_a_failing_outbox_does_not_stop_the_others_and_is_told(monkeypatch):
    done = []

    def broken(_now):
        raise ConnectionError("nobody answers")

    monkeypatch.setattr(jobs, "_drains", {"crm": broken, "mail": lambda _now: done.append(1) or 1})

    with pytest.raises(CommandError, match="ConnectionError: nobody answers") as failure:
        _run("drain")
    assert failure.value.returncode == 1
    assert done == [1]


def _entry():
    audit.record(
        action="option.changed",
        subject_type="option",
        subject_key="x",
        actor=STAFF_ACTOR,
        now=NOW,
        after={"value": 1},
    )


@pytest.mark.req("API-11")
def test_verify_audit_says_that_the_trail_is_whole():
    _entry()

    assert _run("verify_audit") == {"problems": [], "failed": 0}


@pytest.mark.req("API-11")
def test_verify_audit_fails_on_an_entry_that_was_changed():
    _entry()
    AuditEntry.objects.update(action="nothing.happened")

    with pytest.raises(SystemExit) as end:
        _run("verify_audit")
    assert end.value.code == 1


@pytest.mark.req("API-11")
@pytest.mark.parametrize(
    "name",
    [
        *(f"{verb}_{kind}" for verb in ("import", "export")
          for kind in ("products", "customers", "stock", "orders")),
        "worker",
        "drain",
        "loaddemo",
        "verify_audit",
        "check_production",
    ],
)  # fmt: skip
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as end:
        call_command(name, "--help")

    assert end.value.code == 0
    assert len(capsys.readouterr().out) > 200
