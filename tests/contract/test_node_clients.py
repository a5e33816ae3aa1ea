"""Clients that run on Node: installed for the occasion, started as they are."""

import json
import subprocess

import pytest

from tests.contract.packages import install, require_node

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
    "metadataDescribe": "objects",
    "metadataList": "Shop_Integration",
    "metadataLife": [True, "Told", False, True],
    "retrieveMetadata": True,
    "changeList": [True, ["D", "D"], True],
    "approve": "Pending",
    "layouts": 1,
    "requestPost": 200,
    "webServer": ["005", 1, 1, "INVALID_SESSION_ID"],
    "bulkRefresh": [True, "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"],
    "bulkEmpty": "ClientInputError",
    "upsertById": ["false", "true"],
    "allOrNone": [[True, "ALL_OR_NONE_OPERATION_ROLLED_BACK"], [True, "MALFORMED_ID"]],
    "recent": True,
    "listView": ["AllAccounts", "Name", True],
    "compactLayouts": "Account",
    "tabs": True,
    "theme": "primary",
    "processRules": True,
    "streaming": "k1",
    "pushTopic": ["created", "Watched"],
    "genericChannel": [-1, "hello"],
    "refusedRecord": "REQUIRED_FIELD_MISSING",
    "refusedQuery": "INVALID_FIELD",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A folder with the clients installed; skips where that cannot be."""
    require_node(OLDEST_NODE)
    return install(tmp_path_factory.mktemp("node"), "package.json", "jsforce.mjs")


@pytest.mark.req("ORG-01", "ORG-02", "ORG-06", "ORG-12")
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
