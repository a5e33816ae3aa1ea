"""Formulas that read custom settings, custom metadata and labels."""

import pytest

from crm_sync.localorg.errors import SalesforceError
from tests.crm_sync.localorg.deploying import NS, ship
from tests.crm_sync.localorg.test_custom_metadata import REGIONS, settings

LABELS = f"""<CustomLabels {NS}><labels><fullName>Hello</fullName><language>en_US</language>
<protected>false</protected><shortDescription>Hello</shortDescription><value>It's you</value>
</labels></CustomLabels>"""


def formula(name, source, kind="Text"):
    more = "<precision>18</precision><scale>2</scale>" if kind == "Number" else ""
    return (
        f"<fields><fullName>{name}</fullName><label>{name}</label><formula>{source}</formula>"
        f"<type>{kind}</type>{more}</fields>"
    )


ACCOUNT = (
    f"<CustomObject {NS}>"
    + formula("Greeting__c", "$Label.Hello &amp; &quot;, &quot; &amp; Name")
    + formula("Rate__c", "$Setup.Rates__c.Rate__c * 2", "Number")
    + formula("Hub__c", "$CustomMetadata.Region__mdt.India.Hub__c")
    + "<validationRules><fullName>Dear</fullName><active>true</active><errorConditionFormula>"
    "AnnualRevenue &gt; $Setup.Rates__c.Rate__c &amp;&amp; $Label.Hello = &quot;It's you&quot; "
    "&amp;&amp; $CustomMetadata.Region__mdt.India.Hub__c = &quot;Pune&quot;"
    "</errorConditionFormula><errorMessage>Too dear</errorMessage></validationRules>"
    "</CustomObject>"
)


@pytest.mark.req("ORG-08")
def test_formulas_read_settings_metadata_and_labels(desk):
    files = {
        **REGIONS,
        "objects/Rates__c.object": settings("Hierarchy"),
        "labels/CustomLabels.labels": LABELS,
        "objects/Account.object": ACCOUNT,
    }
    assert ship(desk, **files) == []
    desk.create("Rates__c", Rate__c=5)
    desk.create("Account", Name="Acme")
    asked = "SELECT Greeting__c, Rate__c, Hub__c FROM Account"

    assert desk.ask(asked) == [{"Greeting__c": "It's you, Acme", "Rate__c": 10.0, "Hub__c": "Pune"}]
    desk.create("Rates__c", Rate__c=7, SetupOwnerId=desk.org.user_id)
    desk.org.present.user_id = desk.org.user_id
    assert desk.ask(asked)[0]["Rate__c"] == 14.0
    with pytest.raises(SalesforceError) as refused:
        desk.create("Account", Name="Bolt", AnnualRevenue=8)
    assert refused.value.message == "Too dear"
    desk.create("Account", Name="Bolt", AnnualRevenue=6)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("$Label.Nothing", "Field $Label.Nothing does not exist. Check spelling."),
        (
            "$Setup.Rates__c.Rate__c",
            "Field $Setup.Rates__c.Rate__c does not exist. Check spelling.",
        ),
    ],
)
@pytest.mark.req("ORG-12")
def test_a_formula_that_reads_what_is_not_there_is_refused(desk, source, problem):
    body = f"<CustomObject {NS}>{formula('Bad__c', source)}</CustomObject>"

    assert ship(desk, **{"objects/Account.object": body}) == [problem]

    assert desk.org.schema.require("Account").find("Bad__c") is None
