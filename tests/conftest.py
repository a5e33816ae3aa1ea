"""What every test may rely on.

SQLite, unless `TEST_DB=postgres` asks for PostgreSQL (see `config.settings_test`): a server given
by `TEST_DATABASE_URL` wins, else one embedded server is started for the whole run, with a database
for each worker of xdist.
"""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from playwright.sync_api import sync_playwright

JOURNEYS = Path(__file__).parent / "journeys"

# The same examples in every run, however long a busy machine takes over them: what is found
# goes into the repository as a test of its own.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("same")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(config, items):
    """Leave out what this run cannot or should not do, and say why.

    What starts everything takes longest and comes first, so that no worker is left alone with it.
    """
    items.sort(key=lambda item: JOURNEYS not in item.path.parents)
    on_postgres = connection.vendor == "postgresql"
    wants_slow = "slow" in (config.option.markexpr or "")
    for item in items:
        if "races" in item.keywords and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="races need PostgreSQL: TEST_DB=postgres"))
        if "slow" in item.keywords and not wants_slow:
            item.add_marker(pytest.mark.skip(reason="slow: ask for it with -m slow"))


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests():
    """Rate limits and cached fragments of one test must not reach the next."""
    yield
    for cache in caches.all(initialized_only=True):
        cache.clear()


class RequestFromLoopback(HttpRequest):
    """What `force_login` hands to those who note from where somebody signed in."""

    def __init__(self):
        super().__init__()
        self.META["REMOTE_ADDR"] = "127.0.0.1"


@pytest.fixture(autouse=True)
def _sign_ins_come_from_somewhere(monkeypatch):
    """The test client signs in with an empty request; nobody can do that over the network."""
    monkeypatch.setattr("django.test.client.HttpRequest", RequestFromLoopback)


@pytest.fixture
def datasets() -> Path:
    """The folder of the real data sets; a clone without it skips, and says so."""
    folder = Path(settings.DATASETS_DIR)
    if not folder.is_dir():
        pytest.skip(f"no data sets at {folder}: set DATASETS")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium of the system; browser tests skip where none is found."""
    named = os.environ.get("CHROMIUM", "")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")
    if not found:
        pytest.skip("no Chromium found: install one or set CHROMIUM")
    return found


@pytest.fixture(scope="session")
def chromium(chromium_path):
    """One browser for the whole run; each test gets its own context."""
    # The driver keeps a loop running in this thread; the tests' own queries are still in order.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()
