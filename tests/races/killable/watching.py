"""Watches what a process does, from outside of the product's code."""

from datetime import timedelta

import requests
from django.core.handlers.base import BaseHandler
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from crm_sync.engine import claiming, drain
from shop.core import jobs
from tests.races.killable.plans import Folder, step, work

WRITES = ("INSERT", "UPDATE", "DELETE")
# A test cannot wait a minute and a half until a dead worker's work may be taken over.
LEASE, HOLD_EVERY = timedelta(seconds=3), timedelta(seconds=0.5)


def begin(path: str) -> None:
    """Count the steps of every request and job of this process from now on."""
    folder = Folder(path)
    claiming.LEASE, drain.HOLD_EVERY = LEASE, HOLD_EVERY
    _name_requests()
    _name_jobs()
    _watch_writes(folder)
    _watch_commits(folder)
    _watch_calls(folder)


def _watch_writes(folder):
    def watch(execute, sql, params, many, context):
        if sql.split(None, 1)[0].upper() in WRITES:
            step(folder, " ".join(sql.split()[:3]))
        return execute(sql, params, many, context)

    def install(connection, **_):
        if watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(watch)

    connection_created.connect(install, weak=False)


def _watch_commits(folder):
    commit = BaseDatabaseWrapper.commit

    def watched(connection):
        step(folder, "before COMMIT")
        commit(connection)
        step(folder, "after COMMIT")

    BaseDatabaseWrapper.commit = watched


def _watch_calls(folder):
    send = requests.Session.send

    def watched(session, request, **how):
        step(folder, f"before {request.method} {request.path_url}")
        answer = send(session, request, **how)
        step(folder, f"after {request.method} {request.path_url}")
        return answer

    requests.Session.send = watched


def _name_requests():
    answer = BaseHandler.get_response

    def named(handler, request):
        with work(f"{request.method} {request.path}"):
            return answer(handler, request)

    BaseHandler.get_response = named


def _name_jobs():
    run = jobs.run

    def named(task, correlation, *arguments):
        with work(task):
            return run(task, correlation, *arguments)

    jobs.run = named
