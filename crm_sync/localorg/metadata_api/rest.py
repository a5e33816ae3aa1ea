"""Deploys over REST."""

import re
from typing import Any

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, load_json
from crm_sync.localorg.metadata_api.deploy import Deploy, Outcome, run

BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
NAME = re.compile(rb'name="?([^";\r\n]+)"?')
MAX_ZIP = 39 * 1024 * 1024


def parts(call: Call) -> dict[str, bytes]:
    """Return the parts of a multipart body by name."""
    match = BOUNDARY.search(call.header("content-type"))
    if match is None:
        raise SalesforceError("INVALID_REQUEST", "A multipart body is expected")
    found = {}
    for piece in call.body.split(b"--" + match.group(1).encode())[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = NAME.search(head)
        if name is not None:
            found[name.group(1).decode("utf-8", "replace")] = content.removesuffix(b"\r\n")
    return found


def describe_outcome(deploy: Deploy, outcome: Outcome) -> dict[str, Any]:
    """Return one component's outcome."""
    return {
        "changed": not outcome.problem,
        "componentType": outcome.kind,
        "created": outcome.created,
        "createdDate": deploy.finished,
        "deleted": outcome.deleted,
        "fileName": outcome.file,
        "fullName": outcome.name,
        "problem": outcome.problem or None,
        "problemType": "Error" if outcome.problem else None,
        "success": not outcome.problem,
        "warning": False,
    }


def result(deploy: Deploy, *, details: bool) -> dict[str, Any]:
    """Return a deploy as clients read it."""
    status = deploy.status
    done = status in {"Succeeded", "Failed"}
    failed = deploy.failures
    rows = [describe_outcome(deploy, each) for each in deploy.outcomes] if details else []
    return {
        "id": deploy.id,
        "checkOnly": deploy.check_only,
        "done": done,
        "status": status,
        "success": done and not failed,
        "createdDate": deploy.created,
        "startDate": deploy.created,
        "completedDate": deploy.finished if done else None,
        "lastModifiedDate": deploy.finished,
        "ignoreWarnings": False,
        "rollbackOnError": True,
        "runTestsEnabled": False,
        "numberComponentsTotal": len(deploy.outcomes),
        "numberComponentsDeployed": 0 if failed else len(deploy.outcomes),
        "numberComponentErrors": len(failed),
        "numberTestsTotal": 0,
        "numberTestsCompleted": 0,
        "numberTestErrors": 0,
        "details": {
            "componentSuccesses": [row for row in rows if row["success"]],
            "componentFailures": [row for row in rows if not row["success"]],
            "retrieveResult": None,
            "runTestResult": {"numTestsRun": 0, "numFailures": 0, "totalTime": 0.0},
        },
    }


def create(call: Call) -> Answer:
    """Take a zip and deploy it."""
    found = parts(call)
    zipped = found.get("file")
    if zipped is None:
        raise SalesforceError("INVALID_REQUEST", "The part named file is missing")
    if len(zipped) > MAX_ZIP:
        raise SalesforceError("LIMIT_EXCEEDED", "The zip file is too large")
    wishes = load_json(found.get("entity_content") or found.get("json") or b"{}")
    options = wishes.get("deployOptions") if isinstance(wishes, dict) else None
    options = options if isinstance(options, dict) else {}
    deploy = run(call.org, zipped, check_only=options.get("checkOnly") is True)
    return Answer(_wrapped(deploy, options, details=False), status=201)


def _wrapped(deploy: Deploy, options: dict[str, Any], *, details: bool) -> dict[str, Any]:
    return {
        "id": deploy.id,
        "validatedDeployRequestId": None,
        "deployResult": result(deploy, details=details),
        "deployOptions": {"checkOnly": deploy.check_only, "rollbackOnError": True, **options},
    }


def find(call: Call, deploy_id: str) -> Deploy:
    """Return a deploy by its id, and count that somebody asked."""
    known = call.org.deploys
    found = next((each for key, each in known.items() if key[:15] == deploy_id[:15]), None)
    if not isinstance(found, Deploy):
        raise not_found()
    found.asked += 1
    return found


def read(call: Call, deploy_id: str) -> Answer:
    """Return how far a deploy is."""
    details = call.params().get("includeDetails", "").lower() == "true"
    return Answer(_wrapped(find(call, deploy_id), {}, details=details))
