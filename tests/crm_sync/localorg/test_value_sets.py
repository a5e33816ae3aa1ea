"""Standard value sets decide statuses and stages, queues and roles are records."""

import pytest

from crm_sync.localorg.errors import SalesforceError
from tests.crm_sync.localorg.deploying import NS, ship


def value_set(*values):
    entries = "".join(
        f"<standardValue><fullName>{name}</fullName><default>{default}</default>"
        f"<label>{name}</label>{facts}</standardValue>"
        for name, default, facts in values
    )
    return f"<StandardValueSet {NS}><sorted>false</sorted>{entries}</StandardValueSet>"


STAGES = value_set(
    (
        "Talk",
        "false",
        "<closed>false</closed><forecastCategory>BestCase</forecastCategory>"
        "<probability>40</probability><won>false</won>",
    ),
    (
        "Deal",
        "false",
        "<closed>true</closed><forecastCategory>Closed</forecastCategory>"
        "<probability>100</probability><won>true</won>",
    ),
)


def file_of(name):
    return f"standardValueSets/{name}.standardValueSet"


@pytest.mark.req("ORG-12")
def test_stages_are_those_of_their_value_set(desk):
    assert ship(desk, **{file_of("OpportunityStage"): STAGES}) == []

    stages = desk.ask(
        "SELECT ApiName, SortOrder, IsActive, IsClosed, IsWon, DefaultProbability, "
        "ForecastCategory, ForecastCategoryName FROM OpportunityStage ORDER BY SortOrder"
    )
    assert [tuple(each.values()) for each in stages] == [
        ("Talk", 1, True, False, False, 40.0, "BestCase", "Best Case"),
        ("Deal", 2, True, True, True, 100.0, "Closed", "Closed"),
    ]
    deal = desk.create("Opportunity", Name="A", StageName="Talk", CloseDate="2026-11-30")
    facts = "SELECT Probability, IsClosed, IsWon, ForecastCategoryName FROM Opportunity"
    assert list(desk.ask(facts)[0].values()) == [40.0, False, False, "Best Case"]
    desk.change("Opportunity", deal, StageName="Deal")
    assert list(desk.ask(facts)[0].values()) == [100.0, True, True, "Closed"]
    picks = desk.org.schema.require("Opportunity").find("StageName").picklist
    assert [each.value for each in picks] == ["Talk", "Deal"]


@pytest.mark.req("ORG-08")
def test_an_order_status_of_ones_own_activates(desk):
    orders = value_set(
        ("Open", "true", "<groupingString>Draft</groupingString>"),
        ("Shipped", "false", "<groupingString>Activated</groupingString>"),
    )
    cases = value_set(
        ("Fresh", "true", "<closed>false</closed>"), ("Done", "false", "<closed>true</closed>")
    )
    leads = value_set(("Cold", "true", ""), ("Won", "false", "<converted>true</converted>"))
    files = {"OrderStatus": orders, "CaseStatus": cases, "LeadStatus": leads}
    assert ship(desk, **{file_of(name): body for name, body in files.items()}) == []

    rows = desk.ask("SELECT ApiName, StatusCode, IsDefault FROM OrderStatus ORDER BY SortOrder")
    assert [tuple(each.values()) for each in rows] == [
        ("Open", "Draft", True),
        ("Shipped", "Activated", False),
    ]
    account = desk.create("Account", Name="Acme")
    desk.create("Order", AccountId=account, EffectiveDate="2026-11-21", Status="Open")
    assert desk.ask("SELECT StatusCode FROM Order") == [{"StatusCode": "Draft"}]
    case = desk.create("Case", Subject="Broken")
    assert desk.ask("SELECT Status, IsClosed FROM Case") == [{"Status": "Fresh", "IsClosed": False}]
    desk.change("Case", case, Status="Done")
    assert desk.ask("SELECT IsClosed FROM Case") == [{"IsClosed": True}]
    desk.create("Lead", LastName="Rao", Company="Acme")
    assert desk.ask("SELECT Status FROM Lead") == [{"Status": "Cold"}]
    converted = desk.ask("SELECT ApiName FROM LeadStatus WHERE IsConverted = true")
    assert converted == [{"ApiName": "Won"}]


BELOW = "<parentRole>Boss</parentRole>"
QUEUE = f"""<Queue {NS}><doesSendEmailToMembers>false</doesSendEmailToMembers>
<name>Returns Desk</name><queueMembers><users><user>{{user}}</user></users></queueMembers>
<queueSobject><sobjectType>Case</sobjectType></queueSobject></Queue>"""


@pytest.mark.req("ORG-12")
def test_queues_groups_and_roles_are_records(desk):
    user = desk.org.credentials.username
    assert not ship(
        desk,
        **{
            "queues/Returns_Desk.queue": QUEUE.format(user=user),
            "groups/All_Hands.group": f"<Group {NS}><name>All Hands</name></Group>",
            "roles/Boss.role": f"<Role {NS}><name>Boss</name></Role>",
            "roles/Agent.role": f"<Role {NS}><name>Agent</name>{BELOW}</Role>",
        },
    )

    groups = desk.ask("SELECT DeveloperName, Type FROM Group ORDER BY DeveloperName")
    assert [tuple(each.values()) for each in groups] == [
        ("All_Hands", "Regular"),
        ("Returns_Desk", "Queue"),
    ]
    queue = desk.ask("SELECT Id FROM Group WHERE Type = 'Queue'")[0]["Id"]
    assert desk.ask("SELECT QueueId, SobjectType FROM QueueSobject") == [
        {"QueueId": queue, "SobjectType": "Case"}
    ]
    members = desk.ask("SELECT GroupId, UserOrGroupId FROM GroupMember")
    assert members == [{"GroupId": queue, "UserOrGroupId": desk.org.user_id}]
    roles = desk.ask("SELECT Name, ParentRole.Name FROM UserRole ORDER BY Name")
    assert [each["ParentRole"] for each in roles] == [{"Name": "Boss"}, None]
    desk.create("Case", Subject="Torn", OwnerId=queue)
    with pytest.raises(SalesforceError) as refused:
        desk.create("Lead", LastName="Rao", Company="Acme", OwnerId=queue)
    assert refused.value.code == "INVALID_OPERATION"
