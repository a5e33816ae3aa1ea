"""Standard actions: what a flow could call, called over REST."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.records.deciding import Approver

Given = dict[str, Any]
MOST_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One value that an action takes or gives back."""

    name: str
    label: str
    description: str
    type: str = "STRING"
    required: bool = False
    most: int = 1


@dataclass(frozen=True, slots=True)
class StandardAction:
    """One action with what it takes and gives back."""

    name: str
    label: str
    type: str
    description: str
    work: Callable[[Call, Given], Given]
    inputs: tuple[Part, ...] = ()
    outputs: tuple[Part, ...] = field(default=())


def _user(call: Call) -> str:
    return call.session.user_id if call.session else call.org.user_id


def _submit(call: Call, given: Given) -> Given:
    """Submit a record for approval."""
    approvers = given.get("nextApproverIds")
    request = {
        "actionType": "Submit",
        "contextId": given["objectId"],
        "comments": given.get("comment"),
        "nextApproverIds": approvers if isinstance(approvers, list) else None,
        "contextActorId": given.get("submitterId"),
        "processDefinitionNameOrId": given.get("processDefinitionNameOrId"),
        "skipEntryCriteria": given.get("skipEntryCriteria"),
    }
    done = Approver(call.org.context(), _user(call)).run(request)
    return {
        "entityId": done["entityId"],
        "instanceId": done["instanceId"],
        "instanceStatus": done["instanceStatus"],
        "newWorkitemIds": done["newWorkitemIds"],
        "nextApproverIds": done["actorIds"],
    }


def _addresses(given: Given) -> list[str]:
    text, several = given.get("emailAddresses"), given.get("emailAddressesArray")
    found = str(text).split(",") if text else []
    found += [str(each) for each in several] if isinstance(several, list) else []
    return [each.strip() for each in found if each.strip()]


def _email(call: Call, given: Given) -> Given:
    """Accept a letter without sending it; it leaves a task where that is wished."""
    addresses = _addresses(given)
    if not addresses and not given.get("recipientId"):
        message = "You must specify at least one email address or a recipient."
        raise SalesforceError("INVALID_INPUT", message)
    wrong = next((each for each in addresses if "@" not in each.strip("@")), None)
    if wrong is not None:
        raise SalesforceError("INVALID_EMAIL_ADDRESS", f"Invalid email address: {wrong}")
    if len(addresses) > MOST_RECIPIENTS:
        raise SalesforceError("LIMIT_EXCEEDED", f"At most {MOST_RECIPIENTS} addresses are allowed.")
    if given.get("logEmailOnSend") in {True, "true"}:
        _note(call, given, addresses)
    return {}


def _note(call: Call, given: Given, addresses: list[str]) -> None:
    values = {
        "Subject": f"Email: {given['emailSubject']}"[:255],
        "Description": f"To: {', '.join(addresses)}\n\n{given['emailBody']}",
        "Status": "Completed",
        "TaskSubtype": "Email",
        "WhoId": given.get("recipientId"),
        "WhatId": given.get("relatedRecordId"),
    }
    options = SaveOptions(user_id=_user(call))
    save.insert(call.org.context(), call.org.schema.require("Task"), values, options)


def _post(_call: Call, _given: Given) -> Given:
    """Refuse to post: the org has no feeds."""
    raise SalesforceError("FUNCTIONALITY_NOT_ENABLED", "Chatter is not enabled in this org.")


POST = StandardAction(
    "chatterPost",
    "Post to Chatter",
    "CHATTERPOST",
    "Post a message to a feed.",
    _post,
    (
        Part("text", "Message", "Required. The message that is posted.", required=True),
        Part("subjectNameOrId", "Target Name or ID", "Required. Whose feed it is.", required=True),
        Part("type", "Target Type", "Optional. User or Group, where the target is a name."),
        Part("visibility", "Visibility", "Optional. allUsers or internalUsers."),
        Part("communityId", "Community ID", "Optional. The community of the feed."),
    ),
    (Part("feedItemId", "Feed Item ID", "The ID of the post.", "REFERENCE"),),
)
EMAIL = StandardAction(
    "emailSimple",
    "Send Email",
    "EMAILSIMPLE",
    "Send an email where you specify the subject, body, and recipients.",
    _email,
    (
        Part("emailAddresses", "Email Addresses (comma-separated)", "Optional. The recipients."),
        Part(
            "emailAddressesArray",
            "Email Addresses (collection)",
            "Optional. The recipients.",
            most=5,
        ),
        Part("senderType", "Sender Type", "Optional. Whose address the email comes from."),
        Part("senderAddress", "Sender Address", "Optional. The address the email comes from."),
        Part("emailSubject", "Subject", "Required. The subject of the email.", required=True),
        Part("emailBody", "Body", "Required. The body of the email.", "TEXTAREA", required=True),
        Part("sendRichBody", "Rich-Text-Formatted Body", "Optional. The body is HTML.", "BOOLEAN"),
        Part("recipientId", "Recipient ID", "Optional. A lead or a contact.", "REFERENCE"),
        Part("relatedRecordId", "Related Record ID", "Optional. What it is about.", "REFERENCE"),
        Part("logEmailOnSend", "Log Email on Send", "Optional. Leaves an activity.", "BOOLEAN"),
    ),
)
SUBMIT = StandardAction(
    "submit",
    "Submit for Approval",
    "SUBMITAPPROVAL",
    "Submit a Salesforce record for approval.",
    _submit,
    (
        Part("objectId", "Record ID", "Required. The record.", "REFERENCE", required=True),
        Part("comment", "Submission Comments", "Optional. What you tell the approver."),
        Part(
            "nextApproverIds", "Next Approver IDs", "Optional. Who decides.", "REFERENCE", most=100
        ),
        Part("processDefinitionNameOrId", "Approval Process Name or ID", "Optional. Which one."),
        Part("submitterId", "Submitter ID", "Optional. Who submits.", "REFERENCE"),
        Part("skipEntryCriteria", "Skip Entry Criteria", "Optional. Skip them.", "BOOLEAN"),
    ),
    (
        Part("instanceId", "Instance ID", "The submission.", "REFERENCE"),
        Part("instanceStatus", "Instance Status", "Approved, Rejected, Removed or Pending."),
        Part("newWorkitemIds", "New Work Item IDs", "What waits now.", "REFERENCE", most=100),
        Part("nextApproverIds", "Next Approver IDs", "Who decides now.", "REFERENCE", most=100),
        Part("entityId", "Record ID", "The record.", "REFERENCE"),
    ),
)
ACTIONS = {each.name.lower(): each for each in (POST, EMAIL, SUBMIT)}
