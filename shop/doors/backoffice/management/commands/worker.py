"""`manage.py worker`: the background work, kept alive."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from shop.core import jobs
from shop.platform.operations import cluster, selectors, services
from shop.platform.operations.supervisor import Pace, Supervisor, cluster_command


class Command(BaseCommand):
    """Runs the workers under a supervisor that starts them afresh when they fall silent."""

    help = "Run background jobs; a beat must come round, or the workers are started afresh."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=Pace.interval, metavar="SECONDS")
        parser.add_argument("--misses", type=int, default=Pace.misses, metavar="BEATS")
        parser.add_argument("--grace", type=float, default=Pace.grace, metavar="SECONDS")
        parser.add_argument("--boot", type=float, default=Pace.boot, metavar="SECONDS")
        parser.add_argument(
            "--cluster", action="store_true", help="be the supervised process itself"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["cluster"]:
            raise SystemExit(cluster.serve())
        count = services.sync_schedules(now=timezone.now())
        self.stdout.write(f"{count} schedules; waiting for work")
        Supervisor(
            pace=Pace(*(options[name] for name in ("interval", "misses", "grace", "boot"))),
            clock=timezone.now,
            send_beat=lambda now: jobs.enqueue(
                "shop.platform.operations.tasks.beat", selectors.WORKER, now.isoformat()
            ),
            last_seen=selectors.last_beat_sent,
            command=cluster_command(),
            directory=settings.BASE_DIR,
        ).run()
