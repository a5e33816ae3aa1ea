"""What the commands for admins have in common: one JSON line at the end, and exit codes."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

DONE = 0
FAILED = 1
WRONG_USE = 2
DONE_WITH_REJECTIONS = 3


class AdminCommand(BaseCommand):
    """A command that can end with one JSON object on its last line of standard output."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="end with one JSON object on the last line"
        )

    def answer(self, facts: Mapping[str, Any], *, as_json: bool) -> None:
        """Tell the outcome: to a program in one line, to a person in several."""
        if as_json:
            self.stdout.write(json.dumps(facts))
            return
        width = max(map(len, facts), default=0)
        for name, value in facts.items():
            shown = f"{value:,}" if isinstance(value, int) else value
            self.stdout.write(f"{name.replace('_', ' '):<{width}}  {shown}")

    def end(self, code: int) -> None:
        """End with an exit code; nothing is raised when all went well."""
        if code:
            sys.exit(code)

    def fail(self, message: str, *, code: int = FAILED) -> CommandError:
        """An anticipated failure, told without a trace."""
        return CommandError(message, returncode=code)
