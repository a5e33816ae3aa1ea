"""The gate: every check that decides whether a change may land. Quiet where all is well."""

import concurrent.futures
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
EVERYWHERE = "not slow and not browser and not contract"


@dataclass(frozen=True)
class Step:
    """One tool of the gate; the closing line of a test run is always shown."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    is_test_run: bool = False
    empty_is_fine: bool = False


def suite(name: str, marks: str, *more: str, database: str = "sqlite", **how: bool) -> Step:
    """A run of the test suite on one database."""
    command = [PYTHON, "-m", "pytest", "-q", "-m", marks, "-p", "no:cacheprovider", *more]
    return Step(name, command, {"TEST_DB": database}, is_test_run=True, **how)


PARALLEL = ("-n", "2", "--dist", "loadfile")
# Here a worker often waits for the database or an org: one more than cores keeps both busy.
WAITING = ("-n", "3", "--dist", "loadfile")
STATIC = (
    Step("types", [str(BIN / "mypy"), "."]),
    Step("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    Step("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
    Step("templates", [str(BIN / "djlint"), "--lint", "--quiet", "."]),
    Step("floors", [str(BIN / "lint-imports"), "--no-cache"]),
    Step(
        "migrations",
        [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        {"DJANGO_SETTINGS_MODULE": "config.settings_test"},
    ),
)
FAST = suite("fast tests, SQLite", f"{EVERYWHERE} and not races", *PARALLEL)
BROWSER = suite("browser", "browser and not slow", empty_is_fine=True)
CONTRACT_AND_BROWSER = suite(
    "contract and browser",
    "(contract or browser) and not slow",
    *PARALLEL,
    "--no-loadscope-reorder",  # files with the most tests first would leave the longest ones last
    empty_is_fine=True,
)
WHOLE = (
    CONTRACT_AND_BROWSER,
    suite("whole suite, PostgreSQL", EVERYWHERE, *WAITING, database="postgres"),
    suite("whole suite, SQLite", f"{EVERYWHERE} and not races", *WAITING),
)
CONTRACT_NODE = suite("contract, Node clients", "contract and slow", empty_is_fine=True)
STEPS = {
    "lint": (),
    "check": (FAST,),
    "test": WHOLE,
    "e2e": (BROWSER,),
    "contract-node": (CONTRACT_NODE,),
}
WITHOUT_STATIC = {"e2e", "contract-node"}
NO_TESTS_COLLECTED = 5


def run(step: Step) -> bool:
    """Run one step and show it: one line when it holds, everything when it does not."""
    began = time.monotonic()
    environment = {**os.environ, "PYTHONHASHSEED": "0", **step.environment}
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    held = done.returncode == 0 or (step.empty_is_fine and done.returncode == NO_TESTS_COLLECTED)
    seconds = time.monotonic() - began
    output = done.stdout.strip()
    lines = [f"{'ok  ' if held else 'FAIL'} {step.name} ({seconds:.0f} s)"]
    if not held:
        lines.append(output)
    elif step.is_test_run and output:
        lines.extend(_closing_lines(output))
    print("\n".join(lines), flush=True)
    return held


def _closing_lines(output: str) -> list[str]:
    """Skips with their reasons, and the runner's own last line."""
    lines = output.splitlines()
    return [line for line in lines[:-1] if line.startswith("SKIPPED")] + lines[-1:]


def main() -> int:
    """Run the static tools side by side, then the test runs one after the other."""
    target = sys.argv[1]
    began = time.monotonic()
    held: list[bool] = []
    if target not in WITHOUT_STATIC:
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            held.extend(pool.map(run, STATIC))
    held.extend(run(step) for step in STEPS[target])
    failed = held.count(False)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    if failed:
        print(f"{failed} of {len(held)} steps failed after {minutes} min {seconds} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
