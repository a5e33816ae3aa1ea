"""`manage.py crm_replay`."""

from dataclasses import replace
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from crm_sync import services
from crm_sync.models import SyncJob
from shop.core.actors import SYSTEM_ACTOR
from shop.doors.backoffice.management.answers import AdminCommand

ACTOR = replace(SYSTEM_ACTOR, label="crm_replay", channel="command")


class Command(AdminCommand):
    """Tries failed records again."""

    help = "Try failed records again: all, those of one error code, or those of one kind."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--code", help="only this error code")
        parser.add_argument("--mapping", help="only this kind of record")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        jobs = SyncJob.objects.filter(state=SyncJob.State.DEAD)
        if options["code"]:
            jobs = jobs.filter(last_error_code=options["code"])
        if options["mapping"]:
            jobs = jobs.filter(mapping=options["mapping"])
        ids = list(jobs.values_list("pk", flat=True))
        if not options["dry_run"]:
            services.replay(job_ids=ids, actor=ACTOR, now=timezone.now())
        self.answer({"replayed": len(ids)}, as_json=options["json"])
