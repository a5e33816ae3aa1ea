"""The shop's own permission set, and nothing more, is enough for everything the shop does."""

import pytest

from crm_sync import connections, doctor
from crm_sync.client.org import Org
from tests.crm_sync.orgs import OrgProcess, free_port
from tests.factories.crm_sync import dead_letters, order_differences, paid_order, unfinished

KEPT = ("Account", "Contact", "Lead", "Order")
pytestmark = [pytest.mark.django_db, pytest.mark.contract]


@pytest.fixture(scope="module")
def org_process(tmp_path_factory):
    """An org whose user is no administrator."""
    folder = tmp_path_factory.mktemp("limited")
    process = OrgProcess(free_port(), folder, options=("--integration-user",)).start()
    yield process
    process.stop()


@pytest.mark.req("CRM-43", "ORG-08")
def test_an_order_reaches_activation_with_the_shops_permission_set_alone(org, sync):
    order = paid_order()

    sync()

    assert dead_letters() == []
    assert unfinished() == []
    assert order_differences(org) == []
    head = "SELECT Status, PoNumber FROM Order WHERE StatusCode = 'Activated'"
    assert org.query(head) == [{"Status": "Activated", "PoNumber": order.number}]


@pytest.mark.req("CRM-43", "CRM-38")
def test_the_doctor_finds_nothing_missing_with_the_set_alone(connected):
    client = Org(connections.setup_of(connected).credentials)
    try:
        checks = doctor.examine(client)
    finally:
        client.close()

    assert [check for check in checks if not check.is_ok] == []


@pytest.mark.req("CRM-43")
def test_the_set_holds_no_more_than_objects_that_are_written(org):
    listed = {each["name"]: each for each in org.call("GET", "sobjects").json()["sobjects"]}

    assert not any(each["deletable"] for each in listed.values() if each["name"] in KEPT)
    assert "Website" not in {
        field["name"] for field in org.call("GET", "sobjects/Account/describe").json()["fields"]
    }
