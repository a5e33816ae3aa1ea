"""`manage.py crm_preview MODEL KEY`."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from crm_sync import lookups, preview, sending
from crm_sync.client.faults import CallFailed
from crm_sync.exceptions import NotConnected, UnknownRecord
from shop.doors.backoffice.management.answers import WRONG_USE, AdminCommand


class Command(AdminCommand):
    """Shows what would be sent."""

    help = "Show exactly what would be sent for one record, without sending it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("model", help="order, customer, product, cart, payment, price_list")
        parser.add_argument("key", help="key, order number, e-mail or SKU")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping, key = lookups.find(options["model"], options["key"])
            sending.require_connection()
        except (UnknownRecord, NotConnected) as refusal:
            raise self.fail(str(refusal), code=WRONG_USE) from None
        try:
            found = preview.preview(mapping=mapping, key=key, now=timezone.now())
        except CallFailed as failure:
            raise self.fail(failure.fault.in_words()) from None
        if options["json"]:
            self.answer(asdict(found), as_json=True)
            return
        for planned in found.planned:
            self.stdout.write(f"{planned.action} {planned.sobject}")
            for name, value in planned.fields.items():
                self.stdout.write(f"  {name} = {value}")
        self.stdout.write(f"{found.outcome}; {found.calls} calls")
