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
    "soapTabs": True,
    "quickAction": ["Task", True, True, 0],
    "tooling": ["class Told {}", True, "NOT_FOUND", "801"],
    "processRules": True,
    "streaming": "k1",
    "pushTopic": ["created", "Watched"],
    "genericChannel": [-1, "hello"],
    "refusedRecord": "REQUIRED_FIELD_MISSING",
    "refusedQuery": "INVALID_FIELD",
}


NFORCE = {
    "identity": "005",
    "resources": True,
    "sobjects": True,
    "metadata": "001",
    "describe": "801",
    "limits": 100_000,
    "life": [True, "1"],
    "upsert": True,
    "query": 2,
    "search": 1,
    "url": 100_000,
    "file": 5,
    "refused": "REQUIRED_FIELD_MISSING",
    "remove": "",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A folder with the clients installed; skips where that cannot be."""
    require_node(OLDEST_NODE)
    return install(tmp_path_factory.mktemp("node"), "package.json", "jsforce.mjs", "nforce.mjs")


def told(node, org, script):
    """What the steps of a script answered; none may have failed."""
    done = subprocess.run(
        ["node", script, org.url, str(org.folder)],
        cwd=node,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step for step in steps if "error" in step] == []
    return {step["step"]: step.get("value") for step in steps}


@pytest.mark.req("ORG-01", "ORG-02", "ORG-06", "ORG-12")
def test_jsforce_cannot_tell_the_difference(org, node):
    assert told(node, org, "jsforce.mjs") == JSFORCE


@pytest.mark.req("ORG-02", "ORG-03", "ORG-04")
def test_nforce_cannot_tell_the_difference(org, node):
    assert told(node, org, "nforce.mjs") == NFORCE
