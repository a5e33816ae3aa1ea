"""What the four export commands have in common."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandParser

from shop.doors.backoffice.management.answers import AdminCommand
from shop.doors.backoffice.management.progress import steps
from shop.platform.transfer import exports
from shop.platform.transfer.exceptions import FileRefused


class ExportCommand(AdminCommand):
    """Writes one file; text that a spreadsheet would run as a formula is made harmless."""

    object: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("out", type=Path, help="a name that ends in .csv, .csv.gz or .xlsx")
        parser.add_argument("--currency", default="INR", help="of the prices of products")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with steps(self.stderr) as way:
                report = exports.run_export(
                    kind=self.object,
                    path=options["out"],
                    currency=options["currency"].upper(),
                    progress=way.done,
                )
        except FileRefused as refused:
            if options["json"]:
                self.answer({"rows": 0, "seconds": 0.0, "error": str(refused)}, as_json=True)
            raise self.fail(str(refused)) from refused
        self.answer(asdict(report), as_json=options["json"])
