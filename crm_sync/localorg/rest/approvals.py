"""Approvals: submit, approve, reject."""

from typing import Any

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Context, SaveOptions, Values
from crm_sync.localorg.records.references import short_or_full

ENDS = {"Approve": "Approved", "Reject": "Rejected", "Removed": "Removed"}


class Approver:
    """Carries requests out."""

    def __init__(self, context: Context, user_id: str) -> None:
        self.context = context
        self.options = SaveOptions(user_id=user_id, system=True)

    def _insert(self, name: str, values: Values) -> str:
        owner = self.context.schema.require(name)
        return save.insert(self.context, owner, values, self.options).record_id

    def submit(self, request: dict[str, Any]) -> dict[str, object]:
        """Start an approval of a record."""
        target = short_or_full(str(request.get("contextId", "")))
        owner = self.context.schema.of_id(target)
        if owner is None:
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        save.live_row(self.context, owner, target)
        pending = self.context.value(
            "SELECT Id FROM ProcessInstance WHERE TargetObjectId = ? AND Status = 'Pending'", target
        )
        if pending:
            message = "Cannot submit object already in process."
            raise SalesforceError("ALREADY_IN_PROCESS", message, [])
        user = self.options.user_id
        instance = self._insert("ProcessInstance", {"TargetObjectId": target, "Status": "Pending"})
        self._step(instance, "Started", request)
        approvers = request.get("nextApproverIds") or [user]
        items = [
            self._insert(
                "ProcessInstanceWorkitem",
                {"ProcessInstanceId": instance, "ActorId": each, "OriginalActorId": each},
            )
            for each in approvers
        ]
        return self._result(target, instance, "Pending", approvers, items)

    def _step(self, instance: str, status: str, request: dict[str, Any]) -> None:
        user = self.options.user_id
        values: Values = {"ProcessInstanceId": instance, "StepStatus": status, "ActorId": user}
        values |= {"OriginalActorId": user, "Comments": request.get("comments")}
        self._insert("ProcessInstanceStep", values)

    def decide(self, request: dict[str, Any], action: str) -> dict[str, object]:
        """Approve or reject what waits for a decision."""
        item_id = short_or_full(str(request.get("contextId", "")))
        owner = self.context.schema.require("ProcessInstanceWorkitem")
        item = save.live_row(self.context, owner, item_id)
        instance_id = str(item["ProcessInstanceId"])
        instance = self.context.row("ProcessInstance", instance_id) or {}
        self.context.connection().execute(
            "DELETE FROM ProcessInstanceWorkitem WHERE ProcessInstanceId = ?", (instance_id,)
        )
        self._step(instance_id, ENDS[action], request)
        end: Values = {"Status": ENDS[action], "CompletedDate": clock.stamp()}
        end["LastActorId"] = self.options.user_id
        process = self.context.schema.require("ProcessInstance")
        save.update(self.context, process, instance_id, end, self.options)
        target = str(instance.get("TargetObjectId"))
        return self._result(target, instance_id, ENDS[action], [], [])

    def _result(
        self, target: str, instance: str, status: str, actors: list[str], items: list[str]
    ) -> dict[str, object]:
        return {
            "actorIds": actors,
            "entityId": target,
            "errors": None,
            "instanceId": instance,
            "instanceStatus": status,
            "newWorkitemIds": items,
            "success": True,
        }

    def run(self, request: object) -> dict[str, object]:
        """Carry one request out."""
        if not isinstance(request, dict):
            raise parser_error("requests: every entry has to be an object")
        action = str(request.get("actionType", ""))
        if action == "Submit":
            return self.submit(request)
        if action in ENDS:
            return self.decide(request, action)
        raise SalesforceError("INVALID_FIELD", f"Unknown actionType: {action}", ["actionType"])


def post(call: Call) -> Answer:
    """Submit, approve or reject."""
    requests = call.json_object().get("requests")
    if not isinstance(requests, list):
        raise parser_error("requests: a list is expected")
    user = call.session.user_id if call.session else call.org.user_id
    approver = Approver(call.org.context(), user)
    with call.org.store.write():
        return Answer([approver.run(each) for each in requests])


def listing(_call: Call) -> Answer:
    """List the approval processes; the org lets every record be submitted without one."""
    return Answer({"approvals": {}})


def rules(_call: Call) -> Answer:
    """List the workflow rules, of which the org runs none."""
    return Answer({"rules": {}})


def apply_rules(call: Call) -> Answer:
    """Apply the workflow rules to records: nothing happens to those that are there."""
    found = call.json_object().get("contextIds")
    for each in found if isinstance(found, list) else [found]:
        record_id = short_or_full(str(each))
        owner = call.org.visible.of_id(record_id)
        if owner is None:
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        with call.org.store.write():
            save.live_row(call.org.context(), owner, record_id)
    return Answer({"errors": None, "success": True})
