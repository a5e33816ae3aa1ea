"""`manage.py drain`: the work of the worker, once, without the worker."""

from typing import Any

from django.utils import timezone

from shop.core import jobs
from shop.doors.backoffice.management.answers import FAILED, AdminCommand


class Command(AdminCommand):
    """Runs every outbox that packages registered until nothing due is left."""

    help = "Empty every outbox once: for cron, emergencies and tests; needs no worker."

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            done = jobs.drain_all(timezone.now())
        except ExceptionGroup as failures:
            names = "; ".join(f"{type(one).__name__}: {one}" for one in failures.exceptions)
            raise self.fail(f"{failures.message}: {names}", code=FAILED) from failures
        self.answer(done, as_json=options["json"])
