"""Duplicate and matching rules, deployed as metadata."""

import pytest
import requests

from crm_sync.localorg.records.likeness import alike
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.deploying import NS, deploy, pack


def item(field, method="Exact", blanks="NullNotAllowed"):
    return (
        f"<matchingRuleItems><blankValueBehavior>{blanks}</blankValueBehavior>"
        f"<fieldName>{field}</fieldName><matchingMethod>{method}</matchingMethod>"
        "</matchingRuleItems>"
    )


MATCHING = f"""<MatchingRules {NS}><matchingRules><fullName>Same_Person</fullName>
<label>Same Person</label><booleanFilter>1 OR (2 AND 3)</booleanFilter>{item("Email")}
{item("LastName", "LastName")}{item("Phone", "Phone")}
<ruleStatus>Active</ruleStatus></matchingRules></MatchingRules>"""
COMPANIES = f"""<MatchingRules {NS}><matchingRules><fullName>Same_Company</fullName>
<label>Same Company</label>{item("Name", "CompanyName")}<ruleStatus>Active</ruleStatus>
</matchingRules></MatchingRules>"""
MAPPED = """<objectMapping><inputObject>Lead</inputObject><outputObject>Account</outputObject>
<mappingFields><inputField>Company</inputField><outputField>Name</outputField></mappingFields>
</objectMapping>"""


def rule(target, matching, action, mapping=""):
    return f"""<DuplicateRule {NS}><actionOnInsert>{action}</actionOnInsert>
<actionOnUpdate>{action}</actionOnUpdate><alertText>Look twice</alertText>
<duplicateRuleMatchRules><matchRuleSObjectType>{target}</matchRuleSObjectType>
<matchingRule>{matching}</matchingRule>{mapping}</duplicateRuleMatchRules>
<isActive>true</isActive><masterLabel>Rule</masterLabel>
<operationsOnInsert>Alert</operationsOnInsert><operationsOnUpdate>Alert</operationsOnUpdate>
</DuplicateRule>"""


@pytest.fixture
def guarded(org):
    """An org that warns of people who are there twice, and blocks companies."""
    result = deploy(
        org,
        pack(**{
            "matchingRules/Contact.matchingRule": MATCHING,
            "matchingRules/Account.matchingRule": COMPANIES,
            "duplicateRules/Contact.People.duplicateRule": rule("Contact", "Same_Person", "Allow"),
            "duplicateRules/Account.Firms.duplicateRule": rule("Account", "Same_Company", "Block"),
            "duplicateRules/Lead.Firms.duplicateRule": rule(
                "Account", "Same_Company", "Allow", MAPPED
            ),
        }),
    )  # fmt: skip
    assert result["status"] == "Succeeded", result["details"]["componentFailures"]
    return org


def save(org, sobject, header="", **values):
    headers = {**org.bearer(), **({"Sforce-Duplicate-Rule-Header": header} if header else {})}
    url = f"{org.url}/services/data/v67.0/sobjects/{sobject}"
    return requests.post(url, json=values, headers=headers, timeout=20)


@pytest.mark.req("ORG-08")
def test_an_alert_names_the_record_and_can_be_passed(guarded):
    first = guarded.create("Contact", LastName="Rao", Email="rao@example.in")

    warned = save(guarded, "Contact", LastName="Other", Email="RAO@example.in")
    passed = save(guarded, "Contact", "allowSave=true", LastName="Other", Email="rao@example.in")

    assert warned.status_code == 400
    assert warned.json() == [
        {
            "duplicateResult": {
                "allowSave": True,
                "duplicateRule": "People",
                "duplicateRuleEntityType": "Contact",
                "errorMessage": "Look twice",
                "matchResults": [
                    {
                        "entityType": "Contact",
                        "errors": [],
                        "matchEngine": "FuzzyMatchEngine",
                        "matchRecords": [
                            {
                                "additionalInformation": [],
                                "fieldDiffs": [],
                                "matchConfidence": 100.0,
                                "record": {
                                    "attributes": {
                                        "type": "Contact",
                                        "url": f"/services/data/v67.0/sobjects/Contact/{first}",
                                    },
                                    "Id": first,
                                },
                            }
                        ],
                        "rule": "Same_Person",
                        "size": 1,
                        "success": True,
                    }
                ],
            },
            "message": "Look twice",
            "errorCode": "DUPLICATES_DETECTED",
        }
    ]
    assert passed.status_code == 201
    assert len(guarded.query("SELECT Id FROM Contact")) == 2


@pytest.mark.req("ORG-08")
def test_details_of_the_match_are_told_on_wish(guarded):
    guarded.create("Contact", LastName="Rao", Email="rao@example.in")

    header = "includeRecordDetails=true; allowSave=false"
    warned = save(guarded, "Contact", header, LastName="x", Email="rao@example.in")

    matched = warned.json()[0]["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]
    assert (matched["Name"], matched["Email"]) == ("Rao", "rao@example.in")


@pytest.mark.req("ORG-08")
def test_names_and_numbers_match_in_other_spellings(guarded):
    guarded.create("Contact", LastName="Müller", Phone="+91 98200 11223")

    alike_one = save(guarded, "Contact", LastName="Muller", Phone="(0)98200-11223")
    other_name = save(guarded, "Contact", LastName="Schmidt", Phone="+91 98200 11223")

    assert code_of(alike_one) == "DUPLICATES_DETECTED"
    assert other_name.status_code == 201


@pytest.mark.req("ORG-08")
def test_a_block_cannot_be_passed_and_changes_nothing(guarded):
    guarded.create("Account", Name="Acme Ltd.")

    blocked = save(guarded, "Account", "allowSave=true", Name="ACME Limited")

    assert code_of(blocked) == "DUPLICATES_DETECTED"
    assert blocked.json()[0]["duplicateResult"]["allowSave"] is False
    assert guarded.query("SELECT Name FROM Account") == [{"Name": "Acme Ltd."}]


@pytest.mark.req("ORG-08")
def test_a_lead_is_compared_with_accounts_by_the_mapped_field(guarded):
    account = guarded.create("Account", Name="Acme Ltd.")

    warned = save(guarded, "Lead", LastName="Rao", Company="Acme")

    found = warned.json()[0]["duplicateResult"]
    assert found["duplicateRuleEntityType"] == "Lead"
    assert found["matchResults"][0]["entityType"] == "Account"
    assert found["matchResults"][0]["matchRecords"][0]["record"]["Id"] == account


@pytest.mark.req("ORG-08")
def test_a_change_is_compared_only_when_it_touches_what_is_compared(guarded):
    guarded.create("Account", Name="Acme Ltd.")
    bolt = guarded.create("Account", Name="Bolt")

    touched = guarded.call("PATCH", f"sobjects/Account/{bolt}", json={"Name": "Acme"})
    other = guarded.call("PATCH", f"sobjects/Account/{bolt}", json={"Site": "North"})

    assert code_of(touched) == "DUPLICATES_DETECTED"
    assert other.status_code == 204
    assert guarded.query("SELECT Name FROM Account WHERE Site = 'North'") == [{"Name": "Bolt"}]


@pytest.mark.req("ORG-12")
def test_a_filter_that_says_nothing_is_not_deployed(org):
    broken = MATCHING.replace("1 OR (2 AND 3)", "1 OR (2 AND")

    result = deploy(org, pack(**{"matchingRules/Contact.matchingRule": broken}))

    assert result["status"] == "Failed"


@pytest.mark.parametrize(
    ("method", "left", "right", "wanted"),
    [
        ("Exact", "A", "a", 1),
        ("Exact", "a", "b", 0),
        ("Phone", "+1 (415) 555-0100", "4155550100", 1),
        ("CompanyName", "The Acme Company, Inc.", "ACME", 1),
        ("CompanyName", "Acme", "Bolt", 0),
        ("FirstName", "Bob", "Robert", 1),
        ("FirstName", "R", "Robert", 1),
        ("LastName", "O'Brien", "OBrien", 1),
        ("LastName", "Johnson", "Jonson", 1),
        ("Street", "12 Hill Rd", "12 Hill Road", 1),
        ("Zip", "94105-1234", "94105", 1),
        ("City", None, "Pune", 0),
        ("City", "?", "Pune", 0),
    ],
)
@pytest.mark.req("ORG-08")
def test_values_that_look_alike(method, left, right, wanted):
    assert alike(method, left, right) == wanted
