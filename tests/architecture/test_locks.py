"""The locks hold exactly what pyproject.toml asks for, by hash, and say nothing of any place."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture import tree

FOLDER = tree.ROOT / "requirements"
LOCKS = ("bootstrap.txt", "run.txt", "dev.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


def _pins(name):
    lines = (FOLDER / name).read_text().splitlines()
    found = [PINNED.match(line) for line in lines]
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def _project():
    return tomllib.loads((tree.ROOT / "pyproject.toml").read_text())


def _wanted(lock):
    project = _project()
    wanted = list(project["project"]["dependencies"])
    for extra in ("postgres", "redis"):
        wanted += project["project"]["optional-dependencies"][extra]
    if lock == "dev.txt":
        wanted += project["dependency-groups"]["dev"]
    return [Requirement(text) for text in wanted]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock):
    wrong = [
        line
        for line in (FOLDER / lock).read_text().splitlines()
        if "://" in line or " @ " in line or re.match(r"\s*(-[a-zA-Z]|--(?!hash=))", line)
    ]

    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock):
    entries = re.split(r"\n(?=[A-Za-z0-9])", (FOLDER / lock).read_text())
    pins = [entry for entry in entries if PINNED.match(entry)]

    bare = [entry.splitlines()[0] for entry in pins if "--hash=sha256:" not in entry]

    assert pins
    assert bare == []


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_a_lock_holds_a_fitting_version_of_all_that_pyproject_names(lock):
    pins = _pins(lock)

    wrong = [
        str(wanted)
        for wanted in _wanted(lock)
        if not wanted.specifier.contains(
            pins.get(canonicalize_name(wanted.name), "0"), prereleases=True
        )
    ]

    assert wrong == []


def test_what_runs_is_what_was_tested():
    run, dev = _pins("run.txt"), _pins("dev.txt")

    assert {name: dev.get(name) for name in run} == run


def test_tools_of_tests_stay_out_of_the_run_lock():
    assert (
        _pins("run.txt").keys().isdisjoint({"pytest", "hypothesis", "playwright", "mypy", "ruff"})
    )


def test_the_lock_of_node_names_no_registry():
    lock = tree.ROOT / "assets" / "package-lock.json"

    assert "://" not in "".join(re.findall(r'"resolved": *"[^"]*"', tree.text_of(lock)))
