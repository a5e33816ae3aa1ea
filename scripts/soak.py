"""Load, races, faults and full-size files: everything marked slow, on PostgreSQL, into soak.json.

After it the engine's own tests run once more against an org whose user has the shop's permission
set and nothing more. One line tells of each test as it ends; the file is written after each part,
also when a part fails or somebody interrupts it. A test may leave figures with
`record_property("orders", 500)`. Arguments go through to pytest; then only the slow ones run.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "soak.json"


def outcomes(report: Path) -> list[dict[str, Any]]:
    """What each test did, how long it took, and the figures that it left."""
    found = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own report
        bad = [child.tag for child in case if child.tag in {"failure", "error", "skipped"}]
        found.append(
            {
                "test": f"{case.get('classname')}::{case.get('name')}",
                "outcome": bad[0] if bad else "passed",
                "seconds": round(float(case.get("time", 0)), 1),
                "figures": {
                    str(found.get("name")): _number(str(found.get("value")))
                    for found in case.iter("property")
                },
            }
        )
    return found


def _number(text: str) -> float | int | str:
    """Figures as numbers, so that whoever reads the file can count with them."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


@dataclass(frozen=True)
class Part:
    """One run of the test runner."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


PARTS = (
    Part("slow", ("-m", "slow")),
    Part(
        "permission set alone",
        ("-m", "not slow and not races", "tests/crm_sync/engine"),
        {"ORG_USER": "integration"},
    ),
)


def run(part: Part, extra: Sequence[str]) -> tuple[int, list[dict[str, Any]]]:
    """Run one part; answers how it ended and what each of its tests did."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-u", "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider"),
            *("-o", "junit_family=xunit1", "-o", "console_output_style=count"),
            *(f"--junitxml={report}", *part.arguments, *extra),
        ]
        environment = {**os.environ, "TEST_DB": "postgres", **part.environment}
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        tests = outcomes(report) if report.exists() else []
    return status, [{"part": part.name, **test} for test in tests]


def main() -> int:
    """Run the parts one after the other and write down what came of them."""
    began = time.monotonic()
    tests: list[dict[str, Any]] = []
    worst = 0
    extra = sys.argv[1:]
    parts = PARTS[:1] if extra else PARTS
    for number, part in enumerate(parts, 1):
        print(f"part {number} of {len(parts)}: {part.name}", flush=True)
        status, found = run(part, extra)
        tests += found
        worst = worst or status
        seconds = round(time.monotonic() - began)
        REPORT.write_text(json.dumps({"seconds": seconds, "tests": tests}, indent=2) + "\n")
        bad = sum(test["outcome"] not in {"passed", "skipped"} for test in found)
        print(f"{part.name}: {len(found)} tests, {bad} failed, {seconds} s so far", flush=True)
    print(f"{REPORT.name}: {len(tests)} tests in {round(time.monotonic() - began)} s")
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
