"""`manage.py crm_package`."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from crm_sync import package
from shop.doors.backoffice.management.answers import AdminCommand


class Command(AdminCommand):
    """Writes the package of metadata as one file."""

    help = "Write the Salesforce package as a versioned zip that any org can deploy."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--output", type=Path, default=Path(), help="folder for the zip; default: this one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        version = package.shipped_version()
        target = options["output"] / f"modern-store-crm-{version}.zip"
        content = package.bundle()
        try:
            target.write_bytes(content)
        except OSError as error:
            raise self.fail(f"{target} cannot be written: {error.strerror}.") from None
        facts = {"file": str(target), "version": str(version), "bytes": len(content)}
        self.answer(facts, as_json=options["json"])
