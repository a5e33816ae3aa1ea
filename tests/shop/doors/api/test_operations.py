"""What machines that watch the store are told."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ

from crm_sync.models import ChangeMark, SyncJob
from shop.core import gauges
from shop.platform.operations import metrics, services
from tests.factories.orders import placed_order

pytestmark = pytest.mark.django_db


def _beat(age=timedelta()):
    seen = timezone.now() - age
    services.record_heartbeat(name="worker", sent_at=seen, now=seen)


def test_the_process_answers_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_store_is_ready_when_every_probe_says_yes(client):
    _beat()

    response = client.get("/readyz")

    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert {"database", "migrations", "worker", "queue", "disk"} <= set(body["checks"])


def test_a_silent_worker_makes_the_store_unready(client):
    _beat(age=timedelta(minutes=3))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["worker"]["ok"] is False


def test_wake_ups_that_nobody_takes_make_the_store_unready(client):
    _beat()
    OrmQ.objects.create(key="store", payload="", lock=timezone.now() - timedelta(minutes=11))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["queue"]["ok"] is False


def test_figures_are_in_the_text_format_of_prometheus(client):
    _beat()
    OrmQ.objects.create(key="store", payload="", lock=timezone.now() - timedelta(seconds=30))
    client.get("/healthz")

    page = client.get("/metrics").content.decode()

    assert "store_queue_waiting 1.0" in page
    assert 'store_probe_ok{probe="worker"} 1.0' in page
    assert 'store_requests_total{method="GET",status="200",view="healthz"}' in page


@pytest.mark.req("OPS-04")
def test_figures_are_right_when_nothing_gets_through(client):
    order = placed_order(payment_method="cod", now=timezone.now())
    late = timezone.now() + timedelta(hours=2)

    figures = {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in metrics.StoreCollector(lambda: late).collect()
    }

    assert order.status == "ACTIVATED"
    waiting = ChangeMark.objects.count() + SyncJob.objects.count()
    assert waiting > 0
    assert figures["store_sync_changes"] == {("waiting",): waiting, ("failed",): 0}
    assert figures["store_sync_lag_seconds"][()] == pytest.approx(7200, abs=60)
    assert figures["store_mail_oldest_seconds"][()] == pytest.approx(7200, abs=60)
    assert figures["store_orders_last_day"][("ACTIVATED",)] == 1
    assert figures["store_probe_ok"][("worker",)] == 0
    assert figures["store_worker_seen_seconds"] == {}


@pytest.mark.req("OPS-04")
def test_a_figure_that_cannot_be_read_does_not_hide_the_others(client, monkeypatch):
    def broken(now):
        raise OperationalError

    for name in list(gauges._gauges):
        monkeypatch.delitem(gauges._gauges, name)
    gauges.register("store_broken", "Broken.", broken)
    gauges.register("store_fine", "Fine.", lambda now: {"": 7})

    page = client.get("/metrics").content.decode()

    assert "store_broken" not in page
    assert "store_fine 7.0" in page
