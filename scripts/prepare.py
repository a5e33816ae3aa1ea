"""Make the database of `make run` ready: migrations, cache table, and the demo store once.

One process for all of it, because starting Django takes longer than a step that has nothing to do.
"""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - only after the set-up above
from django.core.management import call_command  # noqa: E402


def main() -> int:
    """Migrate always, load the demo store only into an install that has none."""
    size = sys.argv[1]
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    loaded = Path(settings.VAR_DIR, "demo.loaded")
    if not loaded.exists():
        print(f"loading the demo store ({size})", flush=True)
        call_command("loaddemo", size=size)
        loaded.write_text(size)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
