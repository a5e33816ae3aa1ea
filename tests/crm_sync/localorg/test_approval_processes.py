"""Approval processes of the metadata: criteria, steps, approvers, actions, locks."""

import pytest

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.deciding import Approver
from tests.crm_sync.localorg.deploying import NS, deploy, pack, ship

QUEUE = f"""<Queue {NS}><name>Finance</name>
<queueSobject><sobjectType>Opportunity</sobjectType></queueSobject></Queue>"""


def update(name, field, value):
    return (
        f"<fieldUpdates><fullName>{name}</fullName><field>{field}</field><name>{name}</name>"
        f"<literalValue>{value}</literalValue><operation>Literal</operation></fieldUpdates>"
    )


WORKFLOW = (
    f"<Workflow {NS}>"
    + update("Asked", "NextStep", "Asked")
    + update("First", "NextStep", "One yes")
    + update("Granted", "NextStep", "Granted")
    + update("Denied", "NextStep", "Denied")
    + update("Recalled", "NextStep", "Recalled")
    + "</Workflow>"
)


def actions(kind, name):
    action = f"<action><name>{name}</name><type>FieldUpdate</type></action>"
    return f"<{kind}>{action}</{kind}>"


def criteria(operation, value, field="Opportunity.Amount"):
    return (
        f"<entryCriteria><criteriaItems><field>{field}</field><operation>{operation}</operation>"
        f"<value>{value}</value></criteriaItems></entryCriteria>"
    )


def step(name, approver, more="", kind="user"):
    named = f"<name>{approver}</name>" if approver else ""
    return (
        f"<approvalStep><assignedApprover><approver>{named}<type>{kind}</type></approver>"
        f"<whenMultipleApprovers>FirstResponse</whenMultipleApprovers></assignedApprover>{more}"
        f"<label>{name} step</label><name>{name}</name></approvalStep>"
    )


BIG = criteria("greaterThan", "1000")


def process(steps, *, more=""):
    return (
        f"<ApprovalProcess {NS}><active>true</active><allowRecall>true</allowRecall>{steps}"
        f"{BIG}{actions('finalApprovalActions', 'Granted')}"
        f"<finalApprovalRecordLock>true</finalApprovalRecordLock>"
        f"{actions('finalRejectionActions', 'Denied')}"
        f"<finalRejectionRecordLock>false</finalRejectionRecordLock>"
        f"{actions('initialSubmissionActions', 'Asked')}<label>Big deals</label>"
        f"<processOrder>1</processOrder>{actions('recallActions', 'Recalled')}"
        f"<recordEditability>AdminOnly</recordEditability>{more}</ApprovalProcess>"
    )


def files(steps, **facts):
    return {
        "workflows/Opportunity.workflow": WORKFLOW,
        "queues/Finance.queue": QUEUE,
        "approvalProcesses/Opportunity.Big.approvalProcess": process(steps, **facts),
    }


def two_steps(desk):
    user = desk.org.credentials.username
    return step("Lead", user, actions("approvalActions", "First")) + step(
        "Money", "Finance", criteria("greaterThan", "5000"), kind="queue"
    )


def deal(desk, amount=9000):
    return desk.create(
        "Opportunity", Name="Deal", StageName="Prospecting", CloseDate="2026-12-01", Amount=amount
    )


def act(desk, kind, record, **more):
    with desk.org.store.write():
        request = {"actionType": kind, "contextId": record, **more}
        return Approver(desk.org.context(), desk.org.user_id).run(request)


def manager_of(desk, user):
    profile = desk.ask("SELECT ProfileId FROM User")[0]["ProfileId"]
    facts = {"Alias": "boss", "Email": "boss@example.in", "ProfileId": profile}
    keys = {"LocaleSidKey": "en_IN", "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8"}
    named = {"Username": "boss@example.in", "LastName": "Boss", "TimeZoneSidKey": "Asia/Kolkata"}
    made = desk.create("User", **facts, **keys, **named)
    desk.change("User", user, ManagerId=made)
    return made


def following(desk):
    return desk.ask("SELECT NextStep FROM Opportunity")[0]["NextStep"]


@pytest.mark.req("ORG-08")
def test_a_record_goes_from_step_to_step_and_its_fields_follow(desk):
    assert ship(desk, **files(two_steps(desk))) == []
    record = deal(desk)

    first = act(desk, "Submit", record, comments="Please")
    assert (first["instanceStatus"], first["actorIds"]) == ("Pending", [desk.org.user_id])
    assert following(desk) == "Asked"
    second = act(desk, "Approve", first["newWorkitemIds"][0])
    queue = desk.ask("SELECT Id FROM Group WHERE DeveloperName = 'Finance'")[0]["Id"]
    assert (second["instanceStatus"], second["actorIds"]) == ("Pending", [queue])
    assert following(desk) == "One yes"
    third = act(desk, "Approve", second["newWorkitemIds"][0], comments="Fine")
    assert (third["instanceStatus"], third["actorIds"]) == ("Approved", None)
    assert following(desk) == "Granted"

    found = desk.ask(
        "SELECT Status, ProcessDefinition.DeveloperName, "
        "(SELECT StepStatus, StepNode.Name, Comments FROM Steps ORDER BY Id), "
        "(SELECT NodeStatus, ProcessNodeName FROM Nodes ORDER BY Id) FROM ProcessInstance"
    )[0]
    steps = [tuple(row.values()) for row in found["Steps"]]
    assert [row[0] for row in steps] == ["Started", "Approved", "Approved"]
    assert [row[2] for row in steps] == ["Please", None, "Fine"]
    assert [row[1] and row[1]["Name"] for row in steps] == [None, "Lead step", "Money step"]
    nodes = [(row["NodeStatus"], row["ProcessNodeName"]) for row in found["Nodes"]]
    assert nodes == [("Approved", "Lead"), ("Approved", "Money")]
    assert found["ProcessDefinition"] == {"DeveloperName": "Big"}


@pytest.mark.req("ORG-08")
def test_a_step_that_is_not_for_a_record_is_passed_over(desk):
    ship(desk, **files(two_steps(desk)))

    asked = act(desk, "Submit", deal(desk, amount=2000))

    assert act(desk, "Approve", asked["newWorkitemIds"][0])["instanceStatus"] == "Approved"
    assert following(desk) == "Granted"


@pytest.mark.parametrize(
    ("kind", "status", "shown"),
    [("Reject", "Rejected", "Denied"), ("Removed", "Removed", "Recalled")],
)
@pytest.mark.req("ORG-08")
def test_a_no_and_a_recall_end_an_approval_with_actions_of_their_own(desk, kind, status, shown):
    ship(desk, **files(two_steps(desk)))
    record = deal(desk)
    asked = act(desk, "Submit", record)

    assert act(desk, kind, asked["newWorkitemIds"][0])["instanceStatus"] == status

    assert following(desk) == shown
    assert desk.ask("SELECT Id FROM ProcessInstanceWorkitem") == []
    assert act(desk, "Submit", record)["instanceStatus"] == "Pending"


@pytest.mark.req("ORG-08")
def test_a_record_that_no_process_is_for_cannot_be_submitted(desk):
    ship(desk, **files(two_steps(desk)))
    small = deal(desk, amount=10)

    with pytest.raises(SalesforceError) as none:
        act(desk, "Submit", small)
    with pytest.raises(SalesforceError) as unknown:
        act(desk, "Submit", small, processDefinitionNameOrId="Nowhere", skipEntryCriteria="true")
    asked = act(desk, "Submit", small, processDefinitionNameOrId="Big", skipEntryCriteria=True)

    assert none.value.code == unknown.value.code == "NO_APPLICABLE_PROCESS"
    assert none.value.message == "No applicable approval process was found."
    assert asked["instanceStatus"] == "Pending"


@pytest.mark.req("ORG-08")
def test_who_decides_comes_from_the_submitter_a_field_or_the_manager(desk):
    chosen = step("Pick", "", kind="adhoc") + step("Owner", "", kind="owner")
    manager = (
        "<nextAutomatedApprover><useApproverFieldOfRecordOwner>false</useApproverFieldOfRecordOwner>"
        "<userHierarchyField>Manager</userHierarchyField></nextAutomatedApprover>"
    )
    last = step("Boss", "", kind="userHierarchyField")
    ship(desk, **files(chosen + last, more=manager))
    record = deal(desk)

    with pytest.raises(SalesforceError) as nobody:
        act(desk, "Submit", record)
    me = desk.org.user_id
    picked = act(desk, "Submit", record, nextApproverIds=[me])
    owner = act(desk, "Approve", picked["newWorkitemIds"][0])
    with pytest.raises(SalesforceError) as unmanaged:
        act(desk, "Approve", owner["newWorkitemIds"][0])
    above = manager_of(desk, me)
    boss = act(desk, "Approve", owner["newWorkitemIds"][0])

    assert (nobody.value.code, nobody.value.message) == (
        "REQUIRED_FIELD_MISSING",
        "missing required field: [nextApproverIds]",
    )
    assert (unmanaged.value.code, unmanaged.value.message) == (
        "MANAGER_NOT_DEFINED",
        "Manager undefined.",
    )
    assert boss["actorIds"] == [above]


@pytest.mark.req("ORG-08")
def test_a_no_can_send_a_record_back_one_step(desk):
    back = "<rejectBehavior><type>BackToPrevious</type></rejectBehavior>"
    user = desk.org.credentials.username
    steps = step("One", user) + step("Two", "Finance", back, kind="queue")
    ship(desk, **files(steps))
    asked = act(desk, "Submit", deal(desk))
    second = act(desk, "Approve", asked["newWorkitemIds"][0])

    again = act(desk, "Reject", second["newWorkitemIds"][0])

    assert (again["instanceStatus"], again["actorIds"]) == ("Pending", [desk.org.user_id])
    assert following(desk) == "Asked"


@pytest.mark.req("ORG-12")
def test_a_process_with_an_action_that_is_not_there_is_refused(desk):
    wrong = files(step("One", "", actions("approvalActions", "Missing"), kind="owner"))

    assert ship(desk, **wrong) == [
        "In field: action - no WorkflowFieldUpdate named Opportunity.Missing found"
    ]
    assert desk.ask("SELECT Id FROM ProcessDefinition") == []


@pytest.mark.req("ORG-08")
def test_approval_processes_are_listed_by_object(org):
    steps = step("Only", "", kind="owner")
    assert deploy(org, pack(**files(steps)))["status"] == "Succeeded"

    definition = org.query("SELECT Id, Name, State, LockType FROM ProcessDefinition")[0]
    listed = org.call("GET", "process/approvals").json()["approvals"]
    layouts = org.call("GET", "sobjects/Opportunity/describe/approvalLayouts").json()

    assert listed == {
        "Opportunity": [
            {
                "description": None,
                "id": definition["Id"][:15],
                "name": "Big deals",
                "object": "Opportunity",
                "sortOrder": 1,
            }
        ]
    }
    assert (definition["State"], definition["LockType"]) == ("Active", "Total")
    assert [each["name"] for each in layouts["approvalLayouts"]] == ["Big"]
