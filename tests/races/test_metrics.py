"""Figures of a store that is served by several processes."""

import re

import pytest
import requests

from tests.races.processes import Processes, wait_until

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ASKED = re.compile(r'store_requests_total\{method="GET",status="200",view="healthz"\} (\d+)')


@pytest.mark.req("OPS-04")
def test_every_process_answers_for_all(tmp_path, monkeypatch):
    (tmp_path / "metrics").mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))
    store = Processes(tmp_path, web_processes=2)
    store.start_web()
    try:
        store.wait_for_web()
        # The second process may still be on its way when the first one answers.
        counters = tmp_path / "metrics"
        wait_until(lambda: store.answers() and len(list(counters.glob("counter_*.db"))) == 2)

        def asked():
            page = requests.get(f"{store.url}/metrics", timeout=30).text
            return int(ASKED.search(page).group(1))

        before = asked()
        # A connection each, so that both processes get their share.
        for _ in range(20):
            requests.get(f"{store.url}/healthz", timeout=30)

        assert {asked() for _ in range(8)} == {before + 20}
    finally:
        store.stop()
