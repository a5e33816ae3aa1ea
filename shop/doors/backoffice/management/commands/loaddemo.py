"""`manage.py loaddemo`: a store to look around in."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from shop.doors.backoffice.management.answers import AdminCommand
from shop.platform.operations.demo import goods
from shop.platform.operations.demo.loader import ACTOR, Loading, load
from shop.platform.operations.demo.sizes import SEED, SIZES
from shop.platform.transfer.services import ImportRequest, run_import


class Command(AdminCommand):
    """Loads the demo store; what is there already stays as it is."""

    help = "Load the demo store: the same goods, people and orders for the same start number."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        default = settings.DEMO if settings.DEMO in SIZES else "full"
        parser.add_argument("--size", choices=sorted(SIZES), default=default)
        parser.add_argument("--seed", type=int, default=SEED, help="the start number")

    def handle(self, *_args: Any, **options: Any) -> None:
        as_json = options["json"]
        now = timezone.now()

        def import_catalogue() -> int:
            path = Path(settings.BASE_DIR) / goods.CATALOGUE
            request = ImportRequest(path=path, object="products", format="plain")
            return run_import(request=request, actor=ACTOR, now=now).read

        done = load(
            Loading(
                size=SIZES[options["size"]],
                now=now,
                import_catalogue=import_catalogue,
                say=self.stderr.write if as_json else self.stdout.write,
                seed=options["seed"],
            )
        )
        self.answer(done, as_json=as_json)
