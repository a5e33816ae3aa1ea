"""Rewrite the lock files from pyproject.toml: every version and hash, and no address of anything.

Run it as `make lock`. The result names neither a registry nor a folder of the machine that made it.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-config"),
    *("--custom-compile-command", "make lock"),
)
# What each lock takes from pyproject.toml. PostgreSQL is in both: `DATABASE_URL` must simply work.
LOCKS = {
    "run.txt": ("pyproject.toml", "--extra", "postgres", "--extra", "redis"),
    "dev.txt": (
        *("pyproject.toml", "--extra", "postgres", "--extra", "redis", "--extra", "pubsub"),
        *("--group", "dev"),
    ),
    "bootstrap.txt": ("requirements/bootstrap.in",),
}


def main() -> int:
    """Compile every lock; `--upgrade` is passed on to uv."""
    uv = Path(sys.executable).with_name("uv")
    for name, sources in LOCKS.items():
        arguments = [uv, *COMPILE, *sys.argv[1:], *sources, "-o", FOLDER / name]
        print(f"locking {name}", flush=True)
        subprocess.run([*map(str, arguments)], cwd=ROOT, check=True, env=dict(os.environ))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
