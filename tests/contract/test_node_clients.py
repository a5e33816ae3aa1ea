"""Clients that run on Node: installed for the occasion, started as they are."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "node"
OLDEST_NODE = 18
pytestmark = [pytest.mark.contract, pytest.mark.slow]

JSFORCE = {
    "authorize": "005",
    "identity": True,
    "create": True,
    "createList": [True, True],
    "upsert": True,
    "upsertList": [False, True],
    "find": ["K2", "K3"],
    "count": 1,
    "describe": "801",
    "describeGlobal": 200,
    "search": 2,
    "limits": 100_000,
    "updated": 5,
    "deleted": 0,
    "bulk2": [2, 1, 0],
    "bulk2Query": 7,
    "bulk": [True],
    "convertLead": True,
    "userInfo": True,
    "merge": True,
    "metadataDescribe": "CustomObject",
    "metadataList": "Shop_Integration",
    "streaming": "k1",
    "refusedRecord": "REQUIRED_FIELD_MISSING",
    "refusedQuery": "INVALID_FIELD",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A folder with the clients installed; skips where that cannot be."""
    found = shutil.which("node"), shutil.which("npm")
    if None in found:
        pytest.skip("Node and npm are needed for these clients")
    version = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=True
    ).stdout
    if int(re.search(r"\d+", version).group()) < OLDEST_NODE:
        pytest.skip(f"Node {version.strip()} is too old: {OLDEST_NODE} or newer is needed")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "jsforce.mjs"):
        shutil.copy(HERE / name, folder / name)
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=240
    )
    if done.returncode:
        pytest.skip(f"the clients could not be installed: {done.stderr[-200:]}")
    return folder


@pytest.mark.req("ORG-01", "ORG-02", "ORG-06")
def test_jsforce_cannot_tell_the_difference(org, node):
    done = subprocess.run(
        ["node", "jsforce.mjs", org.url, str(org.folder)],
        cwd=node,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step for step in steps if "error" in step] == []
    assert {step["step"]: step.get("value") for step in steps} == JSFORCE
