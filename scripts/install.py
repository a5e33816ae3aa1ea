"""Bring `.venv` to exactly what a lock says: `python3 scripts/install.py run` (or `dev`).

Runs under the system's Python with nothing but the standard library. uv does it in seconds; where
uv cannot be installed or fails, pip takes the same lock with the same hashes.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OLDEST = (3, 11)


def call(*arguments: str | Path) -> bool:
    """Run one command and tell whether it went well."""
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run([*map(str, arguments)], cwd=ROOT, env=environment).returncode == 0


def with_uv(lock: Path) -> bool:
    """Install by uv, which is itself pinned by hash."""
    uv = BIN / "uv"
    pinned = ROOT / "requirements" / "bootstrap.txt"
    pip = (BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if not call(*pip, "--require-hashes", "-r", pinned):
        return False
    return call(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", BIN / "python", lock)


def with_pip(lock: Path) -> bool:
    """Install the same lock by pip: slower, never different."""
    print("uv could not do it; trying pip, which takes a minute or two", flush=True)
    pip = (BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return call(*pip, "--no-deps", "--no-compile", "--require-hashes", "-r", lock)


def main() -> int:
    """Create the environment where there is none, then install."""
    if sys.version_info < OLDEST:
        print(f"Python {'.'.join(map(str, OLDEST))} or newer is needed", file=sys.stderr)
        return 2
    name = sys.argv[1]
    lock = ROOT / "requirements" / f"{name}.txt"
    if not (BIN / "python").exists() or not call(BIN / "python", "-c", "import pip"):
        print("creating .venv", flush=True)
        venv.create(VENV, with_pip=True, clear=True)
    print(f"installing {lock.name}", flush=True)
    if not with_uv(lock) and not with_pip(lock):
        print(f"{lock.name} could not be installed", file=sys.stderr)
        return 1
    # The dev lock holds everything of the run lock; the other way round it does not.
    (VENV / ".stamp-run").touch()
    if name == "dev":
        (VENV / ".stamp-test").touch()
    else:
        (VENV / ".stamp-test").unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
