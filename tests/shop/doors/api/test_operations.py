"""What machines that watch the store are told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from shop.platform.operations import services

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
