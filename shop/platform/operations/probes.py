"""What /readyz asks: can this process serve, and does the work behind it move?"""

import shutil
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_q.models import OrmQ

from shop.core import health, options
from shop.core.health import Probe
from shop.platform.operations import options as declared
from shop.platform.operations import selectors


def register() -> None:
    """Declare the settings and offer the probes to the readiness page."""
    declared.register()
    health.register("database", database)
    health.register("migrations", migrations)
    health.register("worker", worker)
    health.register("queue", queue)
    health.register("disk", disk)


def database(_now: datetime) -> Probe:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Probe(ok=False, detail=type(error).__name__)
    return Probe(ok=True, detail=connection.vendor)


def migrations(_now: datetime) -> Probe:
    """The tables are those that this code was written for."""
    try:
        missing = _missing_migrations()
    except DatabaseError as error:
        return Probe(ok=False, detail=type(error).__name__)
    return Probe(ok=not missing, detail=f"{missing} not applied" if missing else "")


def _missing_migrations() -> int:
    # Once everything is applied it stays so for the life of a process: ask no more.
    if _is_migrated.cache_info().currsize:
        return 0
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        _is_migrated()
    return missing


@cache
def _is_migrated() -> bool:
    return True


def worker(now: datetime) -> Probe:
    """A worker has taken a beat out of the queue not long ago."""
    try:
        seen = selectors.last_seen()
    except DatabaseError as error:
        return Probe(ok=False, detail=type(error).__name__)
    if seen is None:
        return Probe(ok=False, detail="no worker was ever seen")
    age = now - seen
    allowed = options.value("operations.worker_silence")
    return Probe(ok=age <= allowed, detail=f"seen {int(age.total_seconds())} s ago")


def queue(now: datetime) -> Probe:
    """The oldest wake-up nobody has taken yet is not old."""
    try:
        waiting = OrmQ.objects.filter(lock__lte=now).order_by("lock")
        oldest = waiting.values_list("lock", flat=True).first()
    except DatabaseError as error:
        return Probe(ok=False, detail=type(error).__name__)
    age = now - oldest if oldest else timedelta()
    allowed = options.value("operations.queue_age")
    return Probe(ok=age <= allowed, detail=f"oldest waits {int(age.total_seconds())} s")


def disk(_now: datetime) -> Probe:
    """There is room to write."""
    free = shutil.disk_usage(settings.VAR_DIR).free // 1_000_000
    return Probe(ok=free >= options.value("operations.disk_mb"), detail=f"{free} MB free")
