"""Profiles of the metadata allow what permission sets allow."""

import pytest

from crm_sync.localorg.viewers import INTEGRATION
from tests.crm_sync.localorg.deploying import NS, ship
from tests.crm_sync.localorg.desk import Desk

ALLOWED = f"""<Profile {NS}><objectPermissions><allowCreate>true</allowCreate>
<allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead>
<object>Bike__c</object></objectPermissions>
<fieldPermissions><editable>false</editable><field>Bike__c.Seen__c</field>
<readable>true</readable></fieldPermissions></Profile>"""


def field(name):
    return (
        f"<fields><fullName>{name}</fullName><label>{name}</label><length>80</length>"
        "<type>Text</type></fields>"
    )


BIKE = f"""<CustomObject {NS}><label>Bike</label><nameField><label>Name</label><type>Text</type>
</nameField>{field("Seen__c")}{field("Hidden__c")}</CustomObject>"""


@pytest.mark.req("ORG-08")
def test_a_profile_gives_its_users_what_it_allows(tmp_path):
    desk = Desk(tmp_path / "org", integration_user=True)
    user = desk.org.user_id
    assert ship(desk, **{"objects/Bike__c.object": BIKE}) == []
    assert desk.org.viewers.of(user).schema.find("Bike__c") is None

    name = INTEGRATION.replace(" ", "%20")
    assert ship(desk, **{f"profiles/{name}.profile": ALLOWED}) == []

    bike = desk.org.viewers.of(user).schema.find("Bike__c")
    assert (bike.createable, bike.updateable, bike.deletable) == (True, False, False)
    assert bike.find("Seen__c") is not None
    assert bike.find("Hidden__c") is None
    desk.org.close()


@pytest.mark.req("ORG-12")
def test_another_profile_is_a_record(desk):
    assert ship(desk, **{"profiles/Sales Desk.profile": ALLOWED}) == []

    names = {row["Name"] for row in desk.ask("SELECT Name FROM Profile")}
    assert names == {"System Administrator", "Sales Desk"}
