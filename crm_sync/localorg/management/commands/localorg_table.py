"""Print what the org emulates, for docs/local-org.md."""

from typing import Any

from django.core.management.base import BaseCommand

from crm_sync.localorg.emulated import markdown


class Command(BaseCommand):
    """Write the table to standard output."""

    help = "Print the table of what the local org emulates."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print the table."""
        self.stdout.write(markdown())
