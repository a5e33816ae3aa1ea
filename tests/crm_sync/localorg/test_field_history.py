"""Field history as the platform's history objects tell it."""

import pytest

from tests.crm_sync.localorg.deploying import NS, ship

BIKE = f"""<CustomObject {NS}><label>Bike</label><enableHistory>{{kept}}</enableHistory>
<nameField><label>Name</label><type>Text</type></nameField>
<fields><fullName>Price__c</fullName><label>Price</label><precision>10</precision>
<scale>2</scale><type>Currency</type><trackHistory>true</trackHistory></fields>
<fields><fullName>Note__c</fullName><label>Note</label><length>80</length>
<type>Text</type><trackHistory>false</trackHistory></fields></CustomObject>"""


@pytest.mark.req("ORG-08")
def test_the_history_of_an_account_tells_each_field_that_changed(desk):
    account = desk.create("Account", Name="Acme", Rating="Cold")
    other = desk.create("Account", Name="Bolt")
    desk.change("Account", account, Name="Acme Ltd", Rating="Hot", AnnualRevenue=5)

    rows = desk.ask(
        "SELECT AccountId, Account.Name, Field, DataType, OldValue, NewValue, CreatedBy.Name "
        f"FROM AccountHistory WHERE AccountId = '{account}' ORDER BY Id"
    )

    assert {each["AccountId"] for each in rows} == {account}
    assert {each["CreatedBy"]["Name"] for each in rows} == {"Integration User"}
    assert rows[0]["Account"] == {"Name": "Acme Ltd"}
    told = {(row["Field"], row["DataType"], row["OldValue"], row["NewValue"]) for row in rows}
    assert told == {
        ("created", "Text", None, None),
        ("Name", "Text", "Acme", "Acme Ltd"),
        ("Rating", "DynamicEnum", "Cold", "Hot"),
        ("AnnualRevenue", "Currency", None, 5.0),
    }
    found = desk.ask("SELECT Id, (SELECT Field FROM Histories) FROM Account ORDER BY Name")
    assert [len(each["Histories"]) for each in found] == [4, 1]
    ids = [row["Id"] for row in desk.ask("SELECT Id FROM AccountHistory")]
    assert len(set(ids)) == 5
    assert all(each.startswith("017") for each in ids)
    assert desk.ask(f"SELECT Field FROM AccountHistory WHERE AccountId = '{other}'") == [
        {"Field": "created"}
    ]
    assert len(desk.ask(f"SELECT Field FROM AccountHistory WHERE Id = '{ids[0]}'")) == 1


@pytest.mark.req("ORG-08")
def test_a_custom_object_tells_of_the_fields_that_are_tracked(desk):
    assert ship(desk, **{"objects/Bike__c.object": BIKE.format(kept="true")}) == []
    bike = desk.create("Bike__c", Name="Tandem", Price__c=5, Note__c="a")
    desk.change("Bike__c", bike, Price__c=6, Note__c="b")

    rows = desk.ask("SELECT ParentId, Field, OldValue, NewValue FROM Bike__History ORDER BY Id")

    assert [tuple(row.values()) for row in rows] == [
        (bike, "created", None, None),
        (bike, "Price__c", 5.0, 6.0),
    ]
    ship(desk, **{"objects/Bike__c.object": BIKE.format(kept="false")})
    assert desk.refused("SELECT Id FROM Bike__History")[0] == "INVALID_TYPE"


@pytest.mark.req("ORG-08")
def test_a_history_cannot_be_filtered_by_its_values_and_goes_with_its_record(desk):
    account = desk.create("Account", Name="Acme")
    desk.change("Account", account, OwnerId=desk.org.user_id, Name="Bolt")

    refused = desk.refused("SELECT Id FROM AccountHistory WHERE NewValue = 'Bolt'")

    assert refused[0] == "INVALID_FIELD"
    names = desk.org.schema.require("AccountHistory")
    assert (names.createable, names.updateable, names.deletable) == (False, False, False)
