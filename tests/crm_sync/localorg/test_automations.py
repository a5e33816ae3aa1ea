"""Workflow rules and assignment rules of the metadata."""

import pytest
import requests

from tests.crm_sync.localorg.deploying import NS, deploy, pack, ship


def update(name, field, kind, value):
    tag = {"Literal": "literalValue", "Formula": "formula"}[kind]
    return (
        f"<fieldUpdates><fullName>{name}</fullName><field>{field}</field><name>{name}</name>"
        f"<{tag}>{value}</{tag}><operation>{kind}</operation></fieldUpdates>"
    )


def rule(name, action, trigger, criteria):
    return (
        f"<rules><fullName>{name}</fullName><actions><name>{action}</name>"
        f"<type>FieldUpdate</type></actions><active>true</active>{criteria}"
        f"<triggerType>{trigger}</triggerType></rules>"
    )


def item(field, operation, value):
    return (
        f"<criteriaItems><field>{field}</field><operation>{operation}</operation>"
        f"<value>{value}</value></criteriaItems>"
    )


RICH = item("Account.AnnualRevenue", "greaterThan", 100)
WORKFLOW = (
    f"<Workflow {NS}>"
    + update("Hot", "Rating", "Literal", "Hot")
    + update("Told", "Site", "Formula", "&quot;Once &quot; &amp; UPPER(Name)")
    + rule(
        "Rich",
        "Hot",
        "onCreateOrTriggeringUpdate",
        item("Account.AnnualRevenue", "greaterThan", 100),
    )
    + rule("Renamed", "Told", "onAllChanges", "<formula>ISCHANGED(Name)</formula>")
    + "</Workflow>"
)


@pytest.mark.req("ORG-08")
def test_a_workflow_rule_updates_fields_when_its_criteria_come_true(desk):
    assert ship(desk, **{"workflows/Account.workflow": WORKFLOW}) == []

    def rating():
        return desk.ask("SELECT Rating FROM Account")[0]["Rating"]

    account = desk.create("Account", Name="Acme", AnnualRevenue=500)
    assert rating() == "Hot"
    desk.change("Account", account, Rating="Cold")
    assert rating() == "Cold"
    desk.change("Account", account, AnnualRevenue=1)
    desk.change("Account", account, AnnualRevenue=500)
    assert rating() == "Hot"


@pytest.mark.req("ORG-08")
def test_a_formula_of_a_workflow_rule_knows_what_changed(desk):
    ship(desk, **{"workflows/Account.workflow": WORKFLOW})
    account = desk.create("Account", Name="Acme")

    desk.change("Account", account, Phone="1")
    assert desk.ask("SELECT Site FROM Account") == [{"Site": None}]
    desk.change("Account", account, Name="Bolt")
    assert desk.ask("SELECT Site FROM Account") == [{"Site": "Once BOLT"}]


QUEUE = f"""<Queue {NS}><name>Web</name><queueSobject><sobjectType>Lead</sobjectType>
</queueSobject></Queue>"""
RULES = f"""<AssignmentRules {NS}><assignmentRule><fullName>Usual</fullName><active>true</active>
<ruleEntry><assignedTo>Web</assignedTo><assignedToType>Queue</assignedToType>
{item("Lead.LeadSource", "equals", "Web, Purchased List")}</ruleEntry></assignmentRule>
<assignmentRule><fullName>All</fullName><active>false</active>
<ruleEntry><assignedTo>Web</assignedTo><assignedToType>Queue</assignedToType></ruleEntry>
</assignmentRule></AssignmentRules>"""


@pytest.mark.req("ORG-08")
def test_leads_go_to_whom_the_assignment_rule_names_as_the_header_wishes(org):
    files = {"queues/Web.queue": QUEUE, "assignmentRules/Lead.assignmentRules": RULES}
    assert deploy(org, pack(**files))["status"] == "Succeeded"
    rules = org.query("SELECT Id, Name, Active FROM AssignmentRule ORDER BY Name")
    assert [(each["Name"], each["Active"]) for each in rules] == [("All", False), ("Usual", True)]

    def owner(source, **headers):
        lead = {"LastName": "Rao", "Company": "Acme", "LeadSource": source}
        url = f"{org.url}/services/data/v67.0/sobjects/Lead"
        sent = requests.post(url, json=lead, headers={**org.bearer(), **headers}, timeout=10)
        made = sent.json()["id"]
        found = org.query(f"SELECT Owner.Name FROM Lead WHERE Id = '{made}'")
        return found[0]["Owner"]["Name"]

    assert owner("Web") == "Web"
    assert owner("Other") == "Integration User"
    assert owner("Web", **{"Sforce-Auto-Assign": "FALSE"}) == "Integration User"
    assert owner("Other", **{"Sforce-Auto-Assign": rules[0]["Id"]}) == "Web"
