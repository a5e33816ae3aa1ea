"""Every page of the admin opens, empty and with the rows of a demo store."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse

from tests.factories.customers import enrol


@pytest.fixture(scope="module")
def demo_store(django_db_setup, django_db_blocker):
    """The small demo store, loaded once and taken away with the module."""
    # Jobs wait, as they do in `make run`: its worker starts when the store is loaded.
    with django_db_blocker.unblock(), override_settings(JOBS_INLINE=False):
        call_command("loaddemo", size="small")
        yield
        call_command("flush", interactive=False, verbosity=0)
        call_command("migrate", run_syncdb=True, verbosity=0)


@pytest.fixture
def superuser(db, client):
    user = get_user_model().objects.create_superuser(email="root@example.com", password="x" * 12)
    client.force_login(enrol(user))
    return client


def _registered():
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def _address(model, page, *args):
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)


def _problem(client, address):
    response = client.get(address)
    if response.status_code == 200:
        return ""
    return f"{address}: {response.status_code}"


@pytest.mark.req("BO-01")
def test_every_list_opens_without_rows(superuser):
    problems = [_problem(superuser, _address(model, "changelist")) for model in _registered()]

    assert [problem for problem in problems if problem] == []


@pytest.mark.req("BO-01")
def test_every_form_for_a_new_row_opens_or_is_refused(superuser):
    wrong = []
    for model in _registered():
        response = superuser.get(_address(model, "add"))
        # Rows that only services may write have no such form.
        may_add = admin.site._registry[model].has_add_permission(response.wsgi_request)
        expected = 200 if may_add else 403
        if response.status_code != expected:
            wrong.append(f"{model._meta.label}: {response.status_code}")

    assert wrong == []


@pytest.mark.req("BO-01")
def test_every_list_and_every_first_row_opens_in_a_demo_store(demo_store, superuser):
    problems = []
    for model in _registered():
        problems.append(_problem(superuser, _address(model, "changelist")))
        first = model._default_manager.order_by("pk").first()
        if first is not None:
            problems.append(_problem(superuser, _address(model, "change", first.pk)))
            problems.append(_problem(superuser, _address(model, "history", first.pk)))

    assert [problem for problem in problems if problem] == []
