#!/usr/bin/env python3
"""The command line of the project; the local org runs under settings of its own."""

import os
import sys

from django.core.management import execute_from_command_line

LOCAL_ORG_COMMAND = "localorg"


def settings_module(arguments: list[str]) -> str:
    """Name the settings for this command: the local org must load no app of the shop."""
    if LOCAL_ORG_COMMAND in arguments[1:2]:
        return "crm_sync.localorg.settings"
    return os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    """Run one management command."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module(sys.argv)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
