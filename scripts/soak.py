"""Load, races, faults and full-size files: everything marked slow, on PostgreSQL, into soak.json.

A test may leave figures with `record_property("orders", 500)`. Arguments go through to pytest.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
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


def main() -> int:
    """Run the slow tests and write down what came of them."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *(sys.executable, "-m", "pytest", "-m", "slow", "-p", "no:cacheprovider"),
            *("-o", "junit_family=xunit1", f"--junitxml={report}"),
        ]
        status = subprocess.run(
            [*command, *sys.argv[1:]], cwd=ROOT, env={**os.environ, "TEST_DB": "postgres"}
        ).returncode
        tests = outcomes(report) if report.exists() else []
    seconds = round(time.monotonic() - began)
    REPORT.write_text(json.dumps({"seconds": seconds, "tests": tests}, indent=2) + "\n")
    print(f"{REPORT.name}: {len(tests)} tests in {seconds} s")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
