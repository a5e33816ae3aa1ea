"""The way of a record through an approval: submitted, decided step by step, ended."""

from typing import Any

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.records import approvals, save
from crm_sync.localorg.records.approvals import OPEN, Approvers, Updater, refused
from crm_sync.localorg.records.context import Context, SaveOptions, Values
from crm_sync.localorg.records.criteria import Judge
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.schema.processes import Process, Step

ENDS = {"Approve": "Approved", "Reject": "Rejected", "Removed": "Removed"}
ACTIONS = {
    "Approved": "finalApprovalActions",
    "Rejected": "finalRejectionActions",
    "Removed": "recallActions",
}
# What happens to a record that a step is not for; else the next step looks at it.
OTHERWISE = {"ApproveRecord": "Approved", "RejectRequest": "Rejected", "RejectRecord": "Rejected"}
EDITED_BY_APPROVERS = "AdminOrCurrentApprover"
QUEUED = "00G"


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


class Case:
    """One record in one process."""

    def __init__(self, context: Context, process: Process, instance: Values, user_id: str) -> None:
        self.context = context
        self.options = SaveOptions(user_id=user_id, system=True)
        self.process = process
        self.instance = str(instance["Id"])
        self.target = str(instance["TargetObjectId"])
        owner = context.schema.of_id(self.target)
        if owner is None:
            raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        self.owner: SObject = owner
        self.submitter = str(instance.get("SubmittedById") or instance["CreatedById"])
        self.updater = Updater(context, self.options)

    def insert(self, name: str, **values: object) -> str:
        """Write a record of the approval."""
        owner = self.context.schema.require(name)
        facts = {"ProcessInstanceId": self.instance, **values}
        return save.insert(self.context, owner, facts, self.options).record_id

    def items(self) -> list[Values]:
        """Return the requests that are open."""
        sql = "SELECT * FROM ProcessInstanceWorkitem WHERE ProcessInstanceId = ? ORDER BY Id"
        return self.context.rows(sql, self.instance)

    def place(self) -> int:
        """Return at which step the record waits."""
        sql = (
            "SELECT ProcessNodeName FROM ProcessInstanceNode "
            "WHERE ProcessInstanceId = ? AND NodeStatus = 'Pending'"
        )
        name = self.context.value(sql, self.instance)
        names = [each.name for each in self.process.steps]
        return names.index(str(name)) if name in names else 0

    def note(self, status: str, step: Step | None, item: Values | None, comments: object) -> None:
        """Write down who did what."""
        user = self.options.user_id if status != "NoResponse" else None
        actor = item["ActorId"] if item is not None else user
        self.insert(
            "ProcessInstanceStep",
            StepStatus=status,
            ActorId=user or actor,
            OriginalActorId=actor,
            Comments=comments,
            StepNodeId=approvals.node(self.context, self.process, step) if step else None,
        )

    def close(self, item: Values | None, status: str, step: Step) -> None:
        """End a step: nobody else is asked any more."""
        for each in self.items():
            if item is not None and each["Id"] != item["Id"]:
                self.note("NoResponse", step, each, None)
        sql = "DELETE FROM ProcessInstanceWorkitem WHERE ProcessInstanceId = ?"
        self.context.connection().execute(sql, (self.instance,))
        self.context.connection().execute(
            "UPDATE ProcessInstanceNode SET NodeStatus = ?, CompletedDate = ?, LastActorId = ? "
            "WHERE ProcessInstanceId = ? AND NodeStatus = 'Pending'",
            (status, clock.stamp(), self.options.user_id, self.instance),
        )

    def advance(self, place: int, given: list[str]) -> dict[str, object]:
        """Ask those who decide in the next step that is for this record."""
        for step in self.process.steps[place:]:
            row = self.context.row(self.owner.name, self.target) or {}
            judge = Judge(self.context, self.owner, row, self.submitter)
            if judge.meets(step.criteria):
                people = Approvers(self.context, self.process, self.submitter)
                return self._ask(step, people.of(step, row, self.owner, given))
            if step.otherwise in OTHERWISE:
                return self.finish(OTHERWISE[step.otherwise])
        return self.finish("Approved")

    def _ask(self, step: Step, actors: list[str]) -> dict[str, object]:
        self.insert(
            "ProcessInstanceNode",
            ProcessNodeId=approvals.node(self.context, self.process, step),
            ProcessNodeName=step.name,
            NodeStatus="Pending",
        )
        items = [
            self.insert("ProcessInstanceWorkitem", ActorId=each, OriginalActorId=each)
            for each in actors
        ]
        may_edit = self.process.editors == EDITED_BY_APPROVERS
        approvals.lock(self.context, self.target, self.people(actors) if may_edit else [])
        return self.result("Pending", actors, items)

    def people(self, actors: list[str]) -> list[str]:
        """Return users, those of queues among them."""
        sql = "SELECT UserOrGroupId FROM GroupMember WHERE GroupId = ? AND IsDeleted = 0"
        found = [each for each in actors if not each.startswith(QUEUED)]
        for queue in set(actors) - set(found):
            found += [str(row["UserOrGroupId"]) for row in self.context.rows(sql, queue)]
        return found

    def finish(self, status: str) -> dict[str, object]:
        """End the approval: the last actions, the lock, the state."""
        is_locked = {"Approved": self.process.locks_approved}
        is_locked["Rejected"] = self.process.locks_rejected
        self.updater.run(
            self.owner, self.target, dict(self.process.actions).get(ACTIONS[status], ())
        )
        if is_locked.get(status):
            approvals.lock(self.context, self.target, [])
        else:
            approvals.unlock(self.context, self.target)
        end: Values = {"Status": status, "CompletedDate": clock.stamp()}
        end["LastActorId"] = self.options.user_id
        process = self.context.schema.require("ProcessInstance")
        save.update(self.context, process, self.instance, end, self.options)
        return self.result(status, [], [])

    def result(self, status: str, actors: list[str], items: list[str]) -> dict[str, object]:
        """Return what a client is told."""
        return {
            "actorIds": actors or None,
            "entityId": self.target,
            "errors": None,
            "instanceId": self.instance,
            "instanceStatus": status,
            "newWorkitemIds": items,
            "success": True,
        }


class Approver:
    """Carries requests out."""

    def __init__(self, context: Context, user_id: str) -> None:
        self.context = context
        self.user_id = user_id

    def submit(self, request: dict[str, Any]) -> dict[str, object]:
        """Start an approval of a record."""
        target = short_or_full(str(request.get("contextId", "")))
        owner = self.context.schema.of_id(target)
        if owner is None:
            raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        row = save.live_row(self.context, owner, target)
        if self.context.value(
            "SELECT Id FROM ProcessInstance WHERE TargetObjectId = ? AND Status = 'Pending'", target
        ):
            message = "Cannot submit object already in process."
            raise refused("ALREADY_IN_PROCESS", message)
        given = request.get("contextActorId")
        user = short_or_full(str(given)) if given else self.user_id
        skip = str(request.get("skipEntryCriteria", "")).lower() == "true"
        named = str(request.get("processDefinitionNameOrId") or "")
        judge = Judge(self.context, owner, row, user)
        process = approvals.chosen(self.context, judge, named, skip=skip)
        return self._start(process, target, user, request)

    def _start(
        self, process: Process, target: str, user: str, request: dict[str, Any]
    ) -> dict[str, object]:
        kind = self.context.schema.require("ProcessInstance")
        facts: Values = {"TargetObjectId": target, "Status": "Pending", "SubmittedById": user}
        facts["ProcessDefinitionId"] = approvals.definition(self.context, process)
        options = SaveOptions(user_id=self.user_id, system=True)
        instance = save.insert(self.context, kind, facts, options).record_id
        row = self.context.row("ProcessInstance", instance) or {}
        case = Case(self.context, process, row, self.user_id)
        case.note("Started", None, None, request.get("comments"))
        approvals.lock(self.context, target, [])
        initial = dict(process.actions).get("initialSubmissionActions", ())
        case.updater.run(case.owner, target, initial)
        return case.advance(0, _texts(request.get("nextApproverIds")))

    def decide(self, request: dict[str, Any], action: str) -> dict[str, object]:
        """Approve, reject or recall what waits for a decision."""
        item_id = short_or_full(str(request.get("contextId", "")))
        kind = self.context.schema.require("ProcessInstanceWorkitem")
        item = save.live_row(self.context, kind, item_id)
        row = self.context.row("ProcessInstance", item["ProcessInstanceId"]) or {}
        process = self._process_of(row)
        case = Case(self.context, process, row, self.user_id)
        self._check_actor(case, item, action)
        place = case.place()
        step, status = process.steps[place], ENDS[action]
        case.note(status, step, item, request.get("comments"))
        if action == "Removed":
            case.close(None, status, step)
            return case.finish(status)
        return self._decided(case, place, item, status, _texts(request.get("nextApproverIds")))

    def _decided(
        self, case: Case, place: int, item: Values, status: str, given: list[str]
    ) -> dict[str, object]:
        step = case.process.steps[place]
        if status == "Approved" and step.is_unanimous:
            self.context.connection().execute(
                "DELETE FROM ProcessInstanceWorkitem WHERE Id = ?", (item["Id"],)
            )
            rest = case.items()
            if rest:
                return case.result("Pending", [str(each["ActorId"]) for each in rest], [])
        case.close(item, status, step)
        if status == "Approved":
            case.updater.run(case.owner, case.target, step.approved)
            return case.advance(place + 1, given)
        case.updater.run(case.owner, case.target, step.rejected)
        if step.goes_back and place:
            return case.advance(place - 1, given)
        return case.finish(status)

    def _process_of(self, instance: Values) -> Process:
        """Return the process that a record went into; one that is gone asks one step more."""
        sql = "SELECT name FROM _settled WHERE object = 'ProcessDefinition' AND id = ?"
        key = self.context.value(sql, instance.get("ProcessDefinitionId"))
        known = self.context.schema.processes.get(str(key).partition(".")[0], [])
        return next((each for each in known if each.key == key and each.steps), OPEN)

    def _check_actor(self, case: Case, item: Values, action: str) -> None:
        """Refuse a user who is not asked; an administrator may decide for anybody."""
        if self.context.view.grants is None:
            return
        if action == "Removed":
            allowed = case.process.can_recall and case.submitter == self.user_id
        else:
            allowed = self.user_id in case.people([str(item["ActorId"])])
        if not allowed:
            message = "insufficient access rights on object id"
            raise refused("INSUFFICIENT_ACCESS_OR_READONLY", message)

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
