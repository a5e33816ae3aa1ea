"""Formula fields that look beyond their record: pictures, the user, the organization, addresses."""

import pytest

from tests.crm_sync.localorg.deploying import NS, deploy, pack

PICTURE = '<img src="w.example" alt="logo" style="height:20px; width:30px;" border="0"/>'
FORMULAS = {
    "Picture__c": ("Text", 'IMAGE(Website, "logo", 20, 30)'),
    "Asker__c": ("Text", "$User.LastName &amp; ' of ' &amp; $Organization.Name"),
    "Profile__c": ("Text", "$Profile.Name"),
    "Link__c": ("Text", "LEFT($Api.Partner_Server_URL_260, FIND('/services', "
                "$Api.Partner_Server_URL_260)) &amp; 'x'"),
    "Early__c": ("Checkbox", "$System.OriginDateTime &lt; NOW()"),
    "May__c": ("Checkbox", "$Permission.Anything"),
    "Week__c": ("Number", "ISOWEEK(DATE(2026, 1, 1))"),
}  # fmt: skip


def formula(name, kind, text):
    size = "<precision>18</precision><scale>0</scale>" if kind == "Number" else ""
    return (
        f"<fields><fullName>{name}</fullName><label>{name}</label><formula>{text}</formula>"
        f"{size}<type>{kind}</type></fields>"
    )


@pytest.mark.req("ORG-12")
def test_formulas_see_the_user_the_organization_and_constants(org):
    fields = "".join(formula(name, *rest) for name, rest in FORMULAS.items())
    body = f"<CustomObject {NS}>{fields}</CustomObject>"

    done = deploy(org, pack(**{"objects/Account.object": body}))
    org.create("Account", Name="A", Website="w.example")

    found = org.query(f"SELECT {', '.join(FORMULAS)} FROM Account")[0]
    assert done["status"] == "Succeeded", done["details"]["componentFailures"]
    assert found == {
        "Picture__c": PICTURE,
        "Asker__c": "User of Local Org",
        "Profile__c": "System Administrator",
        "Link__c": "/x",
        "Early__c": True,
        "May__c": False,
        "Week__c": 1.0,
    }
