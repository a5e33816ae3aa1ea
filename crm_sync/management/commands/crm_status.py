"""`manage.py crm_status`."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from crm_sync import selectors
from shop.doors.backoffice.management.answers import AdminCommand


class Command(AdminCommand):
    """Tells depth and age of the outbox."""

    help = "Tell how many changes wait for Salesforce, since when, and how many calls were made."

    def handle(self, *args: Any, **options: Any) -> None:
        self.answer(asdict(selectors.status(timezone.now())), as_json=options["json"])
