"""Deploys over REST."""

import re
from typing import Any

from crm_sync.localorg.bodies import load_json
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.metadata_api.deploy import confirm, run
from crm_sync.localorg.metadata_api.outcome import TESTS, Deploy, Options, Outcome

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
    is_good = not deploy.is_failure(outcome)
    line, column = outcome.place or (None, None)
    kind = ("Warning" if outcome.is_warning else "Error") if outcome.problem else None
    return {
        "changed": not outcome.problem and not outcome.is_same,
        "columnNumber": column,
        "componentType": outcome.kind,
        "created": outcome.created and is_good,
        "createdDate": deploy.finished,
        "deleted": outcome.deleted and is_good,
        "fileName": outcome.file,
        "fullName": outcome.name,
        "lineNumber": line,
        "problem": outcome.problem or None,
        "problemType": kind,
        "success": is_good,
        "warning": outcome.is_warning and is_good,
    }


def result(deploy: Deploy, *, details: bool) -> dict[str, Any]:
    """Return a deploy as clients read it."""
    status = deploy.status
    done = status != "Pending"
    failed = deploy.failures
    # What was to be deleted and is not there counts only where it counts as a failure.
    total = len([each for each in deploy.outcomes if not each.problem or each in failed])
    options = deploy.options
    rows = [describe_outcome(deploy, each) for each in deploy.outcomes] if details else []
    lists = ("failures", "successes", "codeCoverage", "codeCoverageWarnings", "flowCoverage")
    return {
        "id": deploy.id,
        "checkOnly": options.check_only,
        "createdBy": deploy.user_id,
        "createdByName": "Integration User",
        "done": done,
        "status": status,
        "success": done and not failed,
        "createdDate": deploy.created,
        "startDate": deploy.created,
        "completedDate": deploy.finished if done else None,
        "lastModifiedDate": deploy.finished,
        "ignoreWarnings": options.ignore_warnings,
        "rollbackOnError": options.rollback,
        "runTestsEnabled": options.test_level in TESTS,
        "numberComponentsTotal": total,
        "numberComponentsDeployed": total - len(failed) if done else 0,
        "numberComponentErrors": len(failed) if done else 0,
        "numberTestsTotal": 0,
        "numberTestsCompleted": 0,
        "numberTestErrors": 0,
        "details": {
            "componentSuccesses": [row for row in rows if row["success"]],
            "componentFailures": [row for row in rows if not row["success"]],
            "retrieveResult": None,
            "runTestResult": {
                **{name: [] for name in lists},
                "numTestsRun": 0,
                "numFailures": 0,
                "totalTime": 0.0,
            },
        },
    }


def create(call: Call) -> Answer:
    """Take a zip and deploy it, or deploy what was validated before."""
    if not call.header("content-type").startswith("multipart/"):
        return _confirm(call)
    found = parts(call)
    zipped = found.get("file")
    if zipped is None:
        raise SalesforceError("INVALID_REQUEST", "The part named file is missing")
    if len(zipped) > MAX_ZIP:
        raise SalesforceError("LIMIT_EXCEEDED", "The zip file is too large")
    wishes = load_json(found.get("entity_content") or found.get("json") or b"{}")
    options = wishes.get("deployOptions") if isinstance(wishes, dict) else None
    options = options if isinstance(options, dict) else {}
    deploy = run(call.org, zipped, Options.of_json(options), user_of(call))
    return Answer(_wrapped(deploy, options, details=False), status=201)


def _confirm(call: Call) -> Answer:
    validated = str(call.json_object().get("validatedDeployRequestId") or "")
    deploy = confirm(call.org, find(call, validated), user_of(call))
    return Answer(_wrapped(deploy, {}, details=False, validated=validated), status=201)


def user_of(call: Call) -> str:
    """Return who deploys."""
    return call.session.user_id if call.session else call.org.user_id


def _wrapped(
    deploy: Deploy, options: dict[str, Any], *, details: bool, validated: str | None = None
) -> dict[str, Any]:
    used = deploy.options
    known = {
        "checkOnly": used.check_only,
        "rollbackOnError": used.rollback,
        "ignoreWarnings": used.ignore_warnings,
        "allowMissingFiles": used.allow_missing,
        "testLevel": used.test_level or "NoTestRun",
    }
    return {
        "id": deploy.id,
        "validatedDeployRequestId": validated,
        "deployResult": result(deploy, details=details),
        "deployOptions": {**known, **options},
    }


def find(call: Call, deploy_id: str) -> Deploy:
    """Return a deploy by its id, and count that somebody asked."""
    found = call.org.deploys.find(deploy_id)
    if not isinstance(found, Deploy):
        raise not_found()
    found.asked += 1
    return found


def read(call: Call, deploy_id: str) -> Answer:
    """Return how far a deploy is."""
    details = call.params().get("includeDetails", "").lower() == "true"
    return Answer(_wrapped(find(call, deploy_id), {}, details=details))


def cancel(call: Call, deploy_id: str) -> Answer:
    """Take the wish to cancel a deploy; one that is done stays as it is."""
    wish = call.json_object().get("deployResult")
    if not isinstance(wish, dict) or wish.get("status") != "Canceling":
        message = "Only deployResult.status can be set, and only to Canceling"
        raise SalesforceError("INVALID_REQUEST", message)
    return Answer(_wrapped(find(call, deploy_id), {}, details=False), status=202)
