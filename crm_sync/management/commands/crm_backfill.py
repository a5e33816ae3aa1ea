"""`manage.py crm_backfill`."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from crm_sync import sending, services
from crm_sync.exceptions import NotConnected
from crm_sync.mappings import names
from shop.doors.backoffice.management.answers import WRONG_USE, AdminCommand


class Command(AdminCommand):
    """Asks for every record, behind all live changes."""

    help = "Put every record of the shop in line for Salesforce; live orders keep going first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--history", action="store_true", help="imported past orders as well")
        parser.add_argument("--wait", action="store_true", help="send until nothing is waiting")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            asked = sum(len(services.every_key(mapping=mapping)) for mapping in names.STAGES)
            self.answer({"asked": asked}, as_json=options["json"])
            return
        now = timezone.now()
        asked = services.want_everything(mappings=names.STAGES, now=now)
        if options["history"]:
            asked += services.want_history(now=now)
        facts: dict[str, Any] = {"asked": asked, "sent": 0, "dead": 0, "calls": 0}
        if options["wait"]:
            try:
                sent = sending.send(waits=True, patience_seconds=24 * 3600.0, gives_up=False)
            except NotConnected as refusal:
                raise self.fail(str(refusal), code=WRONG_USE) from None
            facts |= {"sent": sent.sent, "dead": sent.dead, "calls": sent.calls}
        self.answer(facts, as_json=options["json"])
