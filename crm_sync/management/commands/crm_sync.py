"""`manage.py crm_sync`."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from crm_sync import sending, services
from crm_sync.exceptions import NotConnected
from crm_sync.mappings import names
from shop.doors.backoffice.management.answers import (
    DONE_WITH_REJECTIONS,
    FAILED,
    WRONG_USE,
    AdminCommand,
)

MAPPINGS_OF = {
    "pricebook2": (names.PRICE_LIST,),
    "product2": (names.PRODUCT,),
    "pricebookentry": (names.PRODUCT,),
    "lead": (names.CUSTOMER,),
    "account": (names.CUSTOMER,),
    "contact": (names.CUSTOMER,),
    "cart__c": (names.CART,),
    "opportunity": (names.CART,),
    "orderitem": (names.ORDER,),
    "payment__c": (names.PAYMENT,),
    **{mapping: (mapping,) for mapping in names.STAGES},
}


class Command(AdminCommand):
    """Sends what waits, or everything of one kind again."""

    help = "Send waiting changes to Salesforce; --object or --all asks for every record first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--object", help="a Salesforce object or a kind of shop record")
        parser.add_argument("--all", action="store_true", help="every record of every kind")
        parser.add_argument("--force", action="store_true", help="also what has not changed")
        parser.add_argument("--wait", action="store_true", help="until nothing is waiting")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        mappings = self._mappings(options)
        if options["dry_run"]:
            counts = {mapping: len(services.every_key(mapping=mapping)) for mapping in mappings}
            self.answer({"would_ask_for": sum(counts.values()), **counts}, as_json=options["json"])
            return
        try:
            sending.require_connection()
            if mappings:
                services.want_everything(mappings=mappings, now=timezone.now())
            sent = sending.send(waits=options["wait"], is_forced=options["force"])
        except NotConnected as refusal:
            raise self.fail(str(refusal), code=WRONG_USE) from None
        facts = asdict(sent)
        halted_by = facts.pop("halted_by")
        self.answer(facts, as_json=options["json"])
        if halted_by:
            self.stderr.write(halted_by)
        self.end(_code(sent))

    def _mappings(self, options: dict[str, Any]) -> tuple[str, ...]:
        if options["all"]:
            return names.STAGES
        if not options["object"]:
            return ()
        found = MAPPINGS_OF.get(options["object"].lower())
        if found is None:
            known = ", ".join(sorted(MAPPINGS_OF))
            raise self.fail(f"Unknown object; known are: {known}", code=WRONG_USE)
        return found


def _code(sent: sending.Sent) -> int:
    if sent.halted_by and not sent.done:
        return FAILED
    return DONE_WITH_REJECTIONS if sent.dead or sent.halted_by else 0
