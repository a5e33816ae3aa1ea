"""`manage.py check_production`: say what is unsafe about these settings, and fail while it is."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core import checks
from django.core.management.base import BaseCommand

FAILED = 1


class Command(BaseCommand):
    """Run every security check as a deployment would, and end with 1 on any finding."""

    help = "Check the settings for production; ends with 1 while something is unsafe."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the switch that all commands have."""
        parser.add_argument("--json", action="store_true", help="end with one JSON object")

    def handle(self, *_args: Any, **how: Any) -> None:
        """Print each finding with its remedy."""
        found = [
            message
            for message in checks.run_checks(
                tags=[checks.Tags.security], include_deployment_checks=True
            )
            if message.level >= checks.WARNING and not message.is_silenced()
        ]
        for message in found:
            self.stdout.write(f"{message.id}: {message.msg}")
            if message.hint:
                self.stdout.write(f"    {message.hint}")
        if how["json"]:
            self.stdout.write(json.dumps({"problems": [message.id for message in found]}))
        elif not found:
            self.stdout.write("These settings are fit for production.")
        if found:
            raise SystemExit(FAILED)
