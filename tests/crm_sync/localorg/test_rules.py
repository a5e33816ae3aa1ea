"""Validation rules as they are deployed and as they keep records out."""

import pytest

from tests.crm_sync.localorg.bulk_jobs import results
from tests.crm_sync.localorg.conftest import code_of
from tests.crm_sync.localorg.deploying import deploy, pack
from tests.crm_sync.localorg.test_deploy_options import account, problems
from tests.crm_sync.localorg.test_many import ingest


def rule(formula, *, name="Checked", place="", active="true"):
    field = f"<errorDisplayField>{place}</errorDisplayField>" if place else ""
    return (
        f"<validationRules><fullName>{name}</fullName><active>{active}</active>"
        f"<errorConditionFormula>{formula}</errorConditionFormula>{field}"
        "<errorMessage>Not so</errorMessage></validationRules>"
    )


def ruled(org, *rules):
    result = deploy(org, pack(**account(*rules)))
    assert result["status"] == "Succeeded", problems(result)


@pytest.mark.req("ORG-08", "ORG-12")
@pytest.mark.parametrize(("place", "fields"), [("", []), ("Phone", ["Phone"])])
def test_a_rule_tells_its_words_at_a_field_or_at_the_top(org, place, fields):
    ruled(org, rule("ISBLANK(Phone)", place=place))

    refused = org.call("POST", "sobjects/Account", json={"Name": "A"})

    assert refused.status_code == 400
    assert refused.json() == [
        {
            "message": "Not so",
            "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "fields": fields,
        }
    ]
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.req("ORG-08", "ORG-12")
@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("ISBLANK(Nope__c)", "Field Nope__c does not exist. Check spelling."),
        ("ISBLANK(Parent.Nope__c)", "Field Nope__c does not exist. Check spelling."),
        ("$User.Nope = 'x'", "Field Nope does not exist. Check spelling."),
        ("NOPE(Phone)", "Unknown function NOPE. Check spelling."),
        ("IF(TRUE, FALSE)", "Incorrect number of parameters for function IF()"),
        ("(TRUE", "Syntax error. Missing ')'"),
        ("TRUE )", "Syntax error. Extra )"),
        ("", "Syntax error"),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_deployed(org, formula, words):
    result = deploy(org, pack(**account(rule(formula))))

    assert problems(result) == {"Account.Checked": words}
    row = result["details"]["componentFailures"][0]
    assert (row["componentType"], row["lineNumber"]) == ("ValidationRule", 2)


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize(
    ("formula", "is_kept_out"),
    [
        ("$Profile.Name = 'System Administrator'", True),
        ("$User.Username = 'somebody else'", False),
        ("ISBLANK($Organization.Name)", False),
        ("$Permission.Bypass", False),
        ("ISNEW() &amp;&amp; Owner:User.Id = $User.Id", True),
        ("ISPICKVAL(Industry, 'Banking') || CONTAINS(Name, 'Acme')", True),
    ],
)
def test_a_rule_sees_who_saves_and_the_records_around(org, formula, is_kept_out):
    ruled(org, rule(formula))

    answer = org.call("POST", "sobjects/Account", json={"Name": "Acme"})

    assert answer.status_code == (400 if is_kept_out else 201)


@pytest.mark.req("ORG-08", "ORG-05")
def test_all_rules_that_are_broken_are_told(org):
    ruled(org, rule("ISBLANK(Phone)", place="Phone"), rule("ISBLANK(Fax)", name="Other"))

    alone = org.call("POST", "sobjects/Account", json={"Name": "A"})
    records = [{"attributes": {"type": "Account"}, "Name": "A"}]
    together = org.call("POST", "composite/sobjects", json={"records": records}).json()
    job, _done = ingest(
        org, "Name\nA\n", object="Account", operation="insert", externalIdFieldName=None
    )

    assert [each["fields"] for each in alone.json()] == [["Phone"], []]
    assert [each["fields"] for each in together[0]["errors"]] == [["Phone"], []]
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert results(org, job, "failedResults")[0]["sf__Error"] == (
        f"{code}:Not so:Phone --;{code}:Not so:--"
    )


@pytest.mark.req("ORG-08")
def test_a_rule_that_is_switched_off_keeps_nobody_out(org):
    ruled(org, rule("TRUE", active="false"))

    assert org.call("POST", "sobjects/Account", json={"Name": "A"}).status_code == 201


@pytest.mark.req("ORG-08", "ORG-05")
def test_a_rule_keeps_single_rows_of_a_load_out(org):
    ruled(org, rule("ISCHANGED(Phone) &amp;&amp; PRIORVALUE(Phone) = '1'", place="Phone"))
    first = org.create("Account", Name="A", Phone="1")
    second = org.create("Account", Name="B", Phone="2")
    records = [
        {"attributes": {"type": "Account"}, "Id": each, "Phone": "9"} for each in (first, second)
    ]

    found = org.call("PATCH", "composite/sobjects", json={"records": records}).json()

    assert [each["success"] for each in found] == [False, True]
    assert found[0]["errors"][0] == {
        "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "message": "Not so",
        "fields": ["Phone"],
    }
    alone = org.call("PATCH", f"sobjects/Account/{first}", json={"Phone": "8"})
    assert code_of(alone) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
