"""List views that the metadata bring."""

import pytest

from tests.crm_sync.localorg.deploying import NS, deploy, pack

BIG = f"""<CustomObject {NS}><listViews><fullName>Big_Ones</fullName>
<booleanFilter>1 AND (2 OR 3)</booleanFilter>
<columns>ACCOUNT.NAME</columns><columns>ACCOUNT.PHONE1</columns><columns>CORE.USERS.ALIAS</columns>
<columns>Shop_Id__c</columns><columns>NOT.KNOWN</columns><filterScope>Everything</filterScope>
<filters><field>SALES</field><operation>greaterThan</operation><value>100</value></filters>
<filters><field>ACCOUNT.NAME</field><operation>contains</operation><value>ac, z'</value></filters>
<filters><field>Industry</field><operation>equals</operation><value>Energy,Banking</value></filters>
<label>Big ones</label></listViews></CustomObject>""".replace("SALES<", "AnnualRevenue<")


@pytest.mark.req("ORG-12")
def test_a_list_view_is_listed_described_and_answers(org):
    assert deploy(org, pack(**{"objects/Account.object": BIG}))["status"] == "Succeeded"
    org.create("Account", Name="Acme", AnnualRevenue=500, Phone="1", Industry="Apparel")
    org.create("Account", Name="Bolt", AnnualRevenue=500, Industry="Energy")
    org.create("Account", Name="Carp", AnnualRevenue=500, Industry="Apparel")
    org.create("Account", Name="Act", AnnualRevenue=5)

    listed = org.call("GET", "sobjects/Account/listviews").json()
    view = next(each for each in listed["listviews"] if each["developerName"] == "Big_Ones")
    place = f"sobjects/Account/listviews/{view['id']}"
    described = org.call("GET", f"{place}/describe").json()
    found = org.call("GET", f"{place}/results").json()

    assert [each["developerName"] for each in listed["listviews"]] == ["Big_Ones", "AllAccounts"]
    assert view == org.call("GET", place).json()
    assert (view["label"], listed["size"]) == ("Big ones", 2)
    row = org.query("SELECT Id, Name, SobjectType FROM ListView WHERE DeveloperName = 'Big_Ones'")
    assert [row[0][key] for key in ("Id", "Name", "SobjectType")] == [
        view["id"],
        "Big ones",
        "Account",
    ]
    assert described["query"] == (
        "SELECT Name, Phone, Owner.Alias, Shop_Id__c, Id, CreatedDate, LastModifiedDate, "
        "SystemModstamp FROM Account WHERE AnnualRevenue > 100 AND ( (Name LIKE '%ac%' OR "
        "Name LIKE '%z\\'%') OR Industry IN ('Energy', 'Banking') ) ORDER BY Name ASC, Id ASC"
    )
    assert described["whereCondition"]["conditions"][2] == {
        "field": "Industry",
        "operator": "in",
        "values": ["'Energy'", "'Banking'"],
    }
    names = [[cell["value"] for cell in each["columns"][:3]] for each in found["records"]]
    assert names == [["Acme", "1", "integr"], ["Bolt", None, "integr"]]
    assert (found["label"], found["size"]) == ("Big ones", 2)
