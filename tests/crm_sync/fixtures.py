"""Fixtures around a local org, for every test that needs one."""

import os
from datetime import timedelta

import pytest
from django.db import connection as database

from crm_sync import connections
from crm_sync.engine.drain import drain
from crm_sync.models import Connection
from tests.crm_sync.orgs import OrgProcess, free_port
from tests.factories.orders import NOW


@pytest.fixture(scope="session")
def org_process(tmp_path_factory):
    """One org for all tests; each test that uses it resets it.

    With `ORG_USER=integration` its user has the shop's permission set and nothing more.
    """
    options = ("--integration-user",) if os.environ.get("ORG_USER") == "integration" else ()
    org = OrgProcess(free_port(), tmp_path_factory.mktemp("org"), options=options).start()
    yield org
    org.stop()


@pytest.fixture
def org(org_process):
    """An empty org without faults."""
    org_process.reset()
    yield org_process
    org_process.clear_faults()


@pytest.fixture
def connected(db, org) -> Connection:
    """The shop's connection leads to the org."""
    row = connections.connection()
    row.login_url = org.url
    row.client_id = org.credentials["client_id"]
    row.client_secret = org.credentials["client_secret"]
    row.save()
    return row


@pytest.fixture
def sync(connected):
    """Push what is due, later and later, until nothing is left; answers the last report."""

    def run(*, at=NOW, rounds=12, step=timedelta(minutes=16), **options):
        # A test is one transaction; for the receivers a new one begins here.
        database.run_on_commit.clear()
        report = drain(at, **options)
        for number in range(1, rounds):
            if not _waiting():
                break
            report = drain(at + number * step, **options)
        return report

    return run


def _waiting() -> int:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COUNT(*) FROM crm_sync_changemark) + (SELECT COUNT(*) FROM "
            "crm_sync_syncjob WHERE state NOT IN ('DONE', 'IGNORED', 'DEAD'))"
        )
        return cursor.fetchone()[0]
