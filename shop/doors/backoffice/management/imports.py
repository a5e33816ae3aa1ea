"""What the four import commands have in common."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandParser
from django.db import DatabaseError
from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.doors.backoffice.management.answers import (
    DONE_WITH_REJECTIONS,
    FAILED,
    WRONG_USE,
    AdminCommand,
)
from shop.doors.backoffice.management.progress import steps
from shop.platform.transfer import registry, services
from shop.platform.transfer.exceptions import FileRefused, MappingRefused
from shop.platform.transfer.mapping import ColumnMapping, read_mapping
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.services import ImportReport, ImportRequest

ACTOR = replace(SYSTEM_ACTOR, label="Import", channel="import")


class ImportCommand(AdminCommand):
    """Reads one file; exits 0 done, 1 failed, 2 wrong use, 3 done with rejected rows."""

    object: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="CSV (also packed with gzip) or XLSX")
        parser.add_argument(
            "--format",
            default=registry.AUTO,
            choices=[registry.AUTO, *registry.format_names(self.object)],
            help="what wrote the file; found out from its columns unless given",
        )
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="FILE.json",
            help='our columns to theirs: {"sku": "Article", "currency": {"value": "EUR"}}',
        )
        parser.add_argument(
            "--errors",
            type=Path,
            metavar="OUT.csv",
            help="where rejected rows go, each with its reason, ready to be imported again",
        )
        parser.add_argument("--mode", default="both", choices=services.MODES)
        parser.add_argument("--encoding", default="", help="found out unless given")
        parser.add_argument("--delimiter", default="", help="found out unless given; or “tab”")
        parser.add_argument("--currency", default="INR", help="of the amounts in the file")
        parser.add_argument(
            "--sync", action="store_true", help="send what is written to the CRM, at low priority"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        as_json = options["json"]
        request = self._request(options)
        try:
            with steps(self.stderr) as way:
                report = services.run_import(
                    request=request,
                    actor=ACTOR,
                    now=timezone.now(),
                    progress=way.done,
                    surveyed=way.whole,
                )
        except FileRefused as refused:
            raise self._refused(str(refused), FAILED, as_json=as_json) from refused
        except MappingRefused as refused:
            raise self._refused(str(refused), WRONG_USE, as_json=as_json) from refused
        except DatabaseError as error:
            raise self._refused(
                f"The database refused: {error}", FAILED, as_json=as_json
            ) from error
        self._tell(report, as_json=as_json)
        self.end(DONE_WITH_REJECTIONS if report.rejected else 0)

    def _request(self, options: dict[str, Any]) -> ImportRequest:
        currency = options["currency"].upper()
        if len(currency) != 3 or not currency.isalpha():
            raise self.fail(f"“{currency}” is no currency code such as INR.", code=WRONG_USE)
        return ImportRequest(
            path=options["file"],
            object=self.object,
            format=options["format"],
            mapping=self._mapping(options),
            encoding=options["encoding"],
            delimiter=options["delimiter"],
            errors_path=options["errors"],
            context=ImportContext(
                currency=currency,
                mode=options["mode"],
                is_dry_run=options["dry_run"],
                is_synced=options["sync"],
            ),
        )

    def _mapping(self, options: dict[str, Any]) -> ColumnMapping:
        if not options["mapping"]:
            return ColumnMapping()
        try:
            return read_mapping(options["mapping"])
        except MappingRefused as refused:
            raise self.fail(str(refused), code=WRONG_USE) from refused

    def _refused(self, message: str, code: int, *, as_json: bool) -> Exception:
        if as_json:
            nothing = ImportReport("", 0, 0, 0, 0, 0, 0.0, 0.0, "")
            self.answer({**nothing.facts(), "error": message}, as_json=True)
        return self.fail(message, code=code)

    def _tell(self, report: ImportReport, *, as_json: bool) -> None:
        for problem in report.problems:
            where = f"row {problem.row}" + (f", {problem.column}" if problem.column else "")
            shown = f" ({problem.value[:60]!r})" if problem.value else ""
            self.stderr.write(f"{where}: {problem.reason}{shown}")
        if report.rejected > len(report.problems):
            self.stderr.write(f"… {report.rejected - len(report.problems):,} more")
        self.answer(report.facts(), as_json=as_json)
