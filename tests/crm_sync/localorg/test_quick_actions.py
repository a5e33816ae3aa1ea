"""Quick actions and standard actions, listed, described and carried out."""

import base64
import io
import zipfile

import pytest

from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.test_soap import send

ACTION = """<QuickAction xmlns="http://soap.sforce.com/2006/04/metadata">
  <fieldOverrides><field>Title</field><literalValue>Buyer</literalValue></fieldOverrides>
  <fieldOverrides><field>Phone</field><formula>Account.Phone</formula></fieldOverrides>
  <label>Add a buyer</label><optionsCreateFeedItem>false</optionsCreateFeedItem>
  <quickActionLayout><layoutSectionStyle>TwoColumnsLeftToRight</layoutSectionStyle>
    <quickActionLayoutColumns>
      <quickActionLayoutItems><emptySpace>false</emptySpace><field>LastName</field>
        <uiBehavior>Required</uiBehavior></quickActionLayoutItems>
      <quickActionLayoutItems><emptySpace>false</emptySpace><field>AccountId</field>
        <uiBehavior>Edit</uiBehavior></quickActionLayoutItems>
      <quickActionLayoutItems><emptySpace>false</emptySpace><field>Title</field>
        <uiBehavior>Edit</uiBehavior></quickActionLayoutItems>
    </quickActionLayoutColumns></quickActionLayout>
  <successMessage>Well done</successMessage>
  <targetObject>Contact</targetObject><targetParentField>Account</targetParentField>
  <type>Create</type></QuickAction>"""
RATE = """<QuickAction xmlns="http://soap.sforce.com/2006/04/metadata">
  <label>Rate</label><quickActionLayout><quickActionLayoutColumns><quickActionLayoutItems>
  <field>Rating</field></quickActionLayoutItems></quickActionLayoutColumns></quickActionLayout>
  <targetObject>Account</targetObject><type>Update</type></QuickAction>"""
PACKAGE = """<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types>
  <members>*</members><name>QuickAction</name></types><version>67.0</version></Package>"""


@pytest.fixture
def actions(org):
    """An org whose accounts have two actions of their own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("package.xml", PACKAGE)
        archive.writestr("quickActions/Account.AddBuyer.quickAction", ACTION)
        archive.writestr("quickActions/Account.Rate.quickAction", RATE)
    content = base64.b64encode(buffer.getvalue()).decode()
    given = f"<ZipFile>{content}</ZipFile><DeployOptions/>"
    assert send(org, "m", f"<deploy>{given}</deploy>").status_code == 200
    return org


def got(org, path):
    answer = org.call("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.req("ORG-03")
def test_global_actions_are_listed_with_their_addresses(org):
    found = {each["name"]: each for each in got(org, "quickActions")}

    place = "/services/data/v67.0/quickActions/LogACall"
    assert found["LogACall"] == {
        "actionEnumOrId": "LogACall",
        "label": "Log a Call",
        "name": "LogACall",
        "type": "LogACall",
        "urls": {
            "quickAction": place,
            "describe": f"{place}/describe",
            "defaultValues": f"{place}/defaultValues",
            "defaultValuesTemplate": f"{place}/defaultValues/{{ID}}",
        },
    }
    assert found["NewTask"]["type"] == "Create"
    assert code_of(org.call("GET", "quickActions/Nothing/describe")) == "NOT_FOUND"


@pytest.mark.req("ORG-03")
def test_a_call_is_logged_for_the_record_it_was_about(org):
    account = org.create("Account", Name="Acme")
    described = got(org, "quickActions/LogACall/describe")
    shown = got(org, f"quickActions/LogACall/defaultValues/{account}")

    sent = {"contextId": account, "record": {"Subject": "Talk", "Description": "Long"}}
    done = org.call("POST", "quickActions/LogACall", json=sent)

    fields = [row["layoutItems"][0]["label"] for row in described["layout"]["layoutRows"]]
    assert (described["targetSobjectType"], len(fields)) == ("Task", 4)
    assert shown == {
        "attributes": {"type": "Task"},
        "Subject": "Call",
        "Description": None,
        "WhoId": None,
        "WhatId": account,
    }
    body = done.json()
    assert done.status_code == 201
    assert (body["contextId"], body["created"], body["feedItemIds"]) == (account, True, [])
    task = org.query("SELECT Id, Subject, WhatId, IsClosed, TaskSubtype FROM Task")[0]
    assert task == {
        "Id": body["id"],
        "Subject": "Talk",
        "WhatId": account,
        "IsClosed": True,
        "TaskSubtype": "Call",
    }


@pytest.mark.req("ORG-05")
def test_an_action_of_the_metadata_makes_a_record_below_its_own(actions):
    org = actions
    account = org.create("Account", Name="Acme", Phone="12345")
    place = "sobjects/Account/quickActions"
    listed = {each["name"]: each for each in got(org, place)}
    described = got(org, f"{place}/AddBuyer/describe")

    lacking = org.call("POST", f"{place}/AddBuyer", json={"contextId": account, "record": {}})
    alone = org.call("POST", f"{place}/AddBuyer", json={"record": {"LastName": "Doe"}})
    sent = {"contextId": account, "record": {"LastName": "Doe"}}
    done = org.call("POST", f"{place}/AddBuyer", json=sent).json()

    assert {"Account.AddBuyer", "Account.Rate", "LogACall"} <= set(listed)
    assert listed["Account.AddBuyer"]["label"] == "Add a buyer"
    assert (described["targetParentField"], described["contextSobjectType"]) == (
        "Account",
        "Account",
    )
    assert described["layout"]["layoutRows"][0]["layoutItems"][0]["required"] is True
    assert code_of(lacking) == "REQUIRED_FIELD_MISSING"
    assert code_of(alone) == "REQUIRED_FIELD_MISSING"
    assert done["successMessage"] == "Well done"
    made = org.query("SELECT Id, AccountId, Title, Phone FROM Contact")
    assert made == [{"Id": done["id"], "AccountId": account, "Title": "Buyer", "Phone": "12345"}]


@pytest.mark.req("ORG-05")
def test_an_update_action_shows_and_changes_the_record_itself(actions):
    org = actions
    account = org.create("Account", Name="Acme", Rating="Cold")
    place = "sobjects/Account/quickActions/Rate"

    shown = got(org, f"{place}/defaultValues/{account}")
    done = org.call("POST", place, json={"contextId": account, "record": {"Rating": "Hot"}})

    assert shown == {"attributes": {"type": "Account"}, "Rating": "Cold"}
    assert (done.status_code, done.json()["created"], done.json()["id"]) == (200, False, account)
    assert org.query("SELECT Rating FROM Account")[0]["Rating"] == "Hot"


@pytest.mark.req("ORG-03")
def test_quick_actions_work_over_soap_too(actions):
    org = actions
    account = org.create("Account", Name="Acme")
    asked = "<quickActions>Account.AddBuyer</quickActions>"
    record = "<records><type>Contact</type><LastName>Doe</LastName></records>"
    name = "<quickActionName>Account.AddBuyer</quickActionName>"
    entry = f"<quickActions><contextId>{account}</contextId>{name}{record}</quickActions>"

    described = send(org, "u", f"<describeQuickActions>{asked}</describeQuickActions>").text
    unknown = send(
        org,
        "u",
        "<describeQuickActions><quickActions>No</quickActions></describeQuickActions>",
    )
    template = send(
        org,
        "u",
        "<retrieveQuickActionTemplates><quickActionNames>LogACall</quickActionNames>"
        f"<contextId>{account}</contextId></retrieveQuickActionTemplates>",
    ).text
    done = send(org, "u", f"<performQuickActions>{entry}</performQuickActions>").text

    assert "<targetSobjectType>Contact</targetSobjectType>" in described
    assert "INVALID_FIELD" in unknown.text
    assert f"WhatId>{account}</" in template
    assert "<success>true</success>" in done
    assert org.query("SELECT AccountId FROM Contact")[0]["AccountId"] == account


@pytest.mark.req("ORG-03")
def test_standard_actions_are_listed_and_described(org):
    listed = {each["name"]: each for each in got(org, "actions/standard")["actions"]}
    described = got(org, "actions/standard/submit")

    assert listed["emailSimple"] == {
        "label": "Send Email",
        "name": "emailSimple",
        "type": "EMAILSIMPLE",
        "url": "/services/data/v67.0/actions/standard/emailSimple",
    }
    required = [each["name"] for each in described["inputs"] if each["required"]]
    assert required == ["objectId"]
    assert got(org, "actions/custom")["flow"] == "/services/data/v67.0/actions/custom/flow"
    assert got(org, "actions/custom/flow") == {"actions": []}
    assert code_of(org.call("GET", "actions/standard/nothing")) == "NOT_FOUND"


@pytest.mark.req("ORG-08")
def test_a_record_is_submitted_by_the_standard_action(org):
    account = org.create("Account", Name="Acme")
    sent = {"inputs": [{"objectId": account, "comment": "Please"}]}

    done = org.call("POST", "actions/standard/submit", json=sent)
    again = org.call("POST", "actions/standard/submit", json=sent)
    empty = org.call("POST", "actions/standard/submit", json={"inputs": [{}]})

    result = done.json()[0]
    assert (done.status_code, result["actionName"], result["isSuccess"]) == (200, "submit", True)
    assert result["outputValues"]["instanceStatus"] == "Pending"
    assert result["outputValues"]["entityId"] == account
    assert again.status_code == 400
    assert again.json()[0]["errors"][0]["statusCode"] == "ALREADY_IN_PROCESS"
    assert empty.json()[0]["errors"][0]["message"] == "Missing required input parameter: objectId"
    assert len(org.query("SELECT Id FROM ProcessInstance")) == 1


@pytest.mark.req("ORG-03")
def test_letters_are_accepted_and_noted_but_never_sent(org):
    account = org.create("Account", Name="Acme")
    letter = {"emailAddresses": "a@example.com, b@example.com", "emailSubject": "Hi"}
    letter |= {"emailBody": "There", "relatedRecordId": account, "logEmailOnSend": True}

    done = org.call("POST", "actions/standard/emailSimple", json={"inputs": [letter]})
    wrong = {**letter, "emailAddresses": "nobody"}
    refused = org.call("POST", "actions/standard/emailSimple", json={"inputs": [wrong]})

    assert done.json()[0]["isSuccess"] is True
    assert refused.json()[0]["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS"
    notes = org.query("SELECT Subject, WhatId, TaskSubtype FROM Task")
    assert [(each["Subject"], each["WhatId"], each["TaskSubtype"]) for each in notes] == [
        ("Email: Hi", account, "Email")
    ]


@pytest.mark.req("ORG-05")
def test_quick_actions_are_called_as_custom_actions(actions):
    org = actions
    account = org.create("Account", Name="Acme")
    place = "actions/custom/quickAction"

    listed = got(org, f"{place}/Account")["actions"]
    sent = {"inputs": [{"contextId": account, "LastName": "Doe"}, {"LastName": "Roe"}]}
    done = org.call("POST", f"{place}/Account/AddBuyer", json=sent)

    assert set(got(org, place)) == {"Global", "Account"}
    assert [each["name"] for each in listed] == ["Account.AddBuyer", "Account.Rate"]
    assert done.status_code == 400
    assert [each["isSuccess"] for each in done.json()] == [True, False]
    assert [each["LastName"] for each in org.query("SELECT LastName FROM Contact")] == ["Doe"]
