import json
import subprocess
from pathlib import Path

import pytest

from scripts import soak

REPORT = """<testsuites><testsuite>
<testcase classname="tests.races.test_kills" name="test_one" time="12.34">
<properties><property name="orders" value="500"/><property name="sync_seconds" value="8.5"/>
</properties></testcase>
<testcase classname="tests.races.test_kills" name="test_two" time="1"><failure message="no"/>
</testcase>
<testcase classname="tests.contract.test_node" name="test_three" time="0"><skipped/></testcase>
</testsuite></testsuites>"""


def test_the_report_tells_outcome_time_and_figures_of_each_test(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)

    assert soak.outcomes(tmp_path / "report.xml") == [
        {
            "test": "tests.races.test_kills::test_one",
            "outcome": "passed",
            "seconds": 12.3,
            "figures": {"orders": 500, "sync_seconds": 8.5},
        },
        {
            "test": "tests.races.test_kills::test_two",
            "outcome": "failure",
            "seconds": 1.0,
            "figures": {},
        },
        {
            "test": "tests.contract.test_node::test_three",
            "outcome": "skipped",
            "seconds": 0.0,
            "figures": {},
        },
    ]


@pytest.mark.parametrize(("arguments", "runs"), [([], 2), (["-k", "one"], 1)])
def test_every_part_is_run_told_and_written_down_even_after_a_failure(
    tmp_path, monkeypatch, capsys, arguments, runs
):
    commands = []

    def answer(command, *, cwd, env):
        commands.append((command, env.get("ORG_USER"), env["TEST_DB"]))
        (report,) = [word.partition("=")[2] for word in command if word.startswith("--junitxml")]
        Path(report).write_text(REPORT)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(soak.subprocess, "run", answer)
    monkeypatch.setattr(soak, "REPORT", tmp_path / "soak.json")
    monkeypatch.setattr(soak.sys, "argv", ["soak", *arguments])

    assert soak.main() == 1

    written = json.loads((tmp_path / "soak.json").read_text())
    assert [user for _, user, _ in commands] == [None, "integration"][:runs]
    assert {database for _, _, database in commands} == {"postgres"}
    assert commands[0][0][-len(arguments) :] == arguments or not arguments
    assert len(written["tests"]) == 3 * runs
    assert [test["part"] for test in written["tests"][:3]] == ["slow"] * 3
    assert "slow: 3 tests, 1 failed" in capsys.readouterr().out
