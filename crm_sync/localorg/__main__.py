"""Start the local org without the shop: python -m crm_sync.localorg --port N --data DIR."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command under the org's own settings."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm_sync.localorg.settings"
    execute_from_command_line(["localorg", "localorg", *sys.argv[1:]])


if __name__ == "__main__":
    main()
