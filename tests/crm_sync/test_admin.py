"""The pages of the synchronisation."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_sync import connections, services
from crm_sync.exceptions import ReasonMissing
from crm_sync.models import Connection, Link, SyncJob
from shop.core import audit, panels, search_keys
from shop.core.actors import SYSTEM_ACTOR
from shop.core.models import AuditEntry
from shop.directory.access.services import sync_roles
from shop.directory.customers.models import User
from tests.factories.crm_sync import NOW, paid_order
from tests.factories.customers import StaffFactory
from tests.factories.orders import registered_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    client.force_login(StaffFactory(is_superuser=True))
    return client


def dead_job(key="A", code="STRING_TOO_LONG") -> SyncJob:
    return SyncJob.objects.create(
        connection=connections.connection(),
        mapping="customer",
        key=key,
        operation="save",
        state="DEAD",
        due_at=NOW,
        created_at=NOW,
        last_error_code=code,
        last_error=f"{code}: Name: data value too large",
    )


@pytest.mark.req("CRM-01")
def test_the_connection_page_shows_state_and_hides_secrets(admin_client, connected):
    page = admin_client.get(reverse("admin:crm_sync_connection_change", args=[connected.pk]))

    text = page.content.decode()
    assert page.status_code == 200
    assert connected.login_url in text
    assert connected.client_secret not in text
    assert "67.0" in text
    assert "64.0" in text


@pytest.mark.req("CRM-01")
def test_the_test_button_reports_success_and_the_organization(admin_client, connected, org):
    before = org.stats()["records_written"]
    address = reverse("admin:crm_sync_connection_test_connection", args=[connected.pk])

    page = admin_client.get(address, follow=True)

    assert "Connected: " in page.content.decode()
    assert Connection.objects.get().organization_id.startswith("00D")
    assert org.stats()["records_written"] == before


@pytest.mark.req("CRM-01")
def test_the_test_button_says_what_is_wrong(admin_client, connected):
    Connection.objects.update(login_url="http://127.0.0.1:9")
    address = reverse("admin:crm_sync_connection_test_connection", args=[connected.pk])

    page = admin_client.get(address, follow=True)

    assert "The org cannot be reached" in page.content.decode()


def _posted(row, **changes):
    return {
        "login_url": row.login_url,
        "flow": row.flow,
        "client_id": row.client_id,
        "client_secret": "",
        "private_key": "",
        "username": "",
        "api_version": row.api_version,
        "ca_file": "",
        **changes,
    }


def test_an_empty_secret_keeps_the_stored_one(admin_client, connected):
    address = reverse("admin:crm_sync_connection_change", args=[connected.pk])

    admin_client.post(address, _posted(connected, api_version="68.0"))

    row = Connection.objects.get()
    assert (row.api_version, row.client_secret) == ("68.0", connected.client_secret)


def test_a_new_secret_is_stored_and_leaves_no_trace_in_the_audit(admin_client, connected):
    address = reverse("admin:crm_sync_connection_change", args=[connected.pk])

    admin_client.post(address, _posted(connected, client_secret="brand new secret"))

    assert Connection.objects.get().client_secret == "brand new secret"
    assert "brand new secret" not in str(list(AuditEntry.objects.values("before", "after")))
    assert audit.verify() == []


def test_an_unencrypted_address_is_refused(admin_client, connected):
    address = reverse("admin:crm_sync_connection_change", args=[connected.pk])

    page = admin_client.post(address, _posted(connected, login_url="http://example.com"))

    assert "use https://" in page.content.decode()
    assert Connection.objects.get().login_url == connected.login_url


def test_what_the_environment_sets_wins_and_is_shown_as_fixed(admin_client, connected, monkeypatch):
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "from the environment")

    page = admin_client.get(reverse("admin:crm_sync_connection_change", args=[connected.pk]))

    assert "Fixed by the environment." in page.content.decode()
    assert connections.setup_of(connected).credentials.client_id == "from the environment"


@pytest.mark.req("CRM-27")
def test_the_list_of_failures_says_why_in_plain_words(admin_client):
    dead_job()

    page = admin_client.get(reverse("admin:crm_sync_deadletter_changelist"))

    assert "STRING_TOO_LONG: Name: data value too large" in page.content.decode()


@pytest.mark.req("CRM-27")
def test_chosen_failures_are_tried_again(admin_client):
    first, second = dead_job("A"), dead_job("B")

    admin_client.post(
        reverse("admin:crm_sync_deadletter_changelist"),
        {"action": "replay", "_selected_action": [first.pk]},
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("PENDING", "DEAD")
    assert AuditEntry.objects.filter(action="crm.replayed").count() == 1


@pytest.mark.req("CRM-27")
def test_everything_with_the_same_error_is_tried_again(admin_client):
    jobs = [dead_job("A"), dead_job("B"), dead_job("C", code="OTHER")]

    admin_client.post(
        reverse("admin:crm_sync_deadletter_changelist"),
        {"action": "replay_same_error", "_selected_action": [jobs[0].pk]},
    )

    states = list(SyncJob.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["PENDING", "PENDING", "DEAD"]


@pytest.mark.req("CRM-27")
def test_putting_aside_needs_a_reason_and_keeps_it(admin_client):
    job = dead_job()
    address = reverse("admin:crm_sync_deadletter_changelist")
    asked = admin_client.post(address, {"action": "put_aside", "_selected_action": [job.pk]})
    assert 'name="reason"' in asked.content.decode()
    with pytest.raises(ReasonMissing):
        services.put_aside(job_ids=[job.pk], reason=" ", actor=SYSTEM_ACTOR, now=NOW)
    job.refresh_from_db()
    assert job.state == "DEAD"

    admin_client.post(
        address, {"action": "put_aside", "_selected_action": [job.pk], "reason": "A test order"}
    )

    job.refresh_from_db()
    assert (job.state, job.ignored_because) == ("IGNORED", "A test order")


@pytest.mark.req("CRM-27")
def test_fifty_mended_records_are_replayed_and_all_arrive(org, sync):
    for number in range(50):
        registered_customer(email=f"buyer{number}@example.com")
    org.faults({"kind": "duplicate_block", "rate": 1.0, "object": "Lead"})
    sync()
    failed = list(SyncJob.objects.filter(state="DEAD").values_list("pk", flat=True))
    assert len(failed) == 50
    org.clear_faults()

    services.replay(job_ids=failed, actor=SYSTEM_ACTOR, now=NOW)
    sync()

    assert len(org.query("SELECT Id FROM Lead WHERE Shop_Id__c != null")) == 50
    assert AuditEntry.objects.filter(action="crm.replayed").count() == 50


@pytest.mark.req("CRM-35")
def test_one_page_tells_why_a_field_has_its_value(admin_client, org, sync):
    order = paid_order()
    sync()

    page = admin_client.get(reverse("admin:crm_sync_explain", args=["order", order.key]))

    text = page.content.decode()
    link = Link.objects.get(kind="order")
    assert link.salesforce_id in text
    assert "Shop_Grand_Total__c" in text
    assert str(float(order.grand_total)) in text
    assert "PATCH" in text
    assert "In step" in text


def test_the_page_of_an_unknown_kind_is_not_there(admin_client):
    page = admin_client.get(reverse("admin:crm_sync_explain", args=["nonsense", "X"]))

    assert page.status_code == 404


@pytest.mark.parametrize("name", ["syncjob", "deadletter", "syncattempt", "link", "connection"])
def test_every_list_opens_with_the_same_queries_for_one_row_and_ten(admin_client, name):
    address = reverse(f"admin:crm_sync_{name}_changelist")
    rows_of(name, 1)
    admin_client.get(address)
    counts = []
    for total in (1, 10):
        rows_of(name, total)
        with CaptureQueriesContext(database) as queries:
            assert admin_client.get(address).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def rows_of(name: str, total: int) -> None:
    """Have that many rows in a list; there is only ever one connection."""
    SyncJob.objects.all().delete()
    Link.objects.all().delete()
    row = connections.connection()
    for number in range(total):
        job = dead_job(f"{name}{number}")
        job.attempts_made.create(
            kind="lead", sobject="Lead", external_id=f"x{number}", is_ok=True, made_at=NOW
        )
        Link.objects.create(
            connection=row,
            kind="lead",
            key=f"{number}",
            sobject="Lead",
            salesforce_id=f"00Q{number:015d}",
            external_id=f"x{number}",
        )


@pytest.mark.parametrize(
    ("role", "sees", "replays"),
    [
        ("Manager", True, True),
        ("Service agent", True, False),
        ("Seller", False, False),
        ("Warehouse", False, False),
    ],
)
def test_roles_decide_who_sees_and_who_acts(client, role, sees, replays):
    sync_roles()
    job = dead_job()
    client.force_login(StaffFactory(role=role))
    address = reverse("admin:crm_sync_deadletter_changelist")

    assert (client.get(address).status_code == 200) is sees
    client.post(address, {"action": "replay", "_selected_action": [job.pk]})

    job.refresh_from_db()
    assert (job.state == "PENDING") is replays


@pytest.mark.req("CRM-35")
def test_the_order_page_gets_a_panel_and_the_finder_knows_the_id(org, sync):
    order = paid_order()
    sync()
    admin = User.objects.create_superuser("admin@example.com", "a long phrase 7")
    (panel,) = [row for row in panels.panels_for("admin.order", admin) if row.name == "crm"]
    link = Link.objects.get(kind="order")

    assert panel.loader(order)["explanation"].state == "In step"
    assert search_keys.find_orders(link.salesforce_id) == [order.pk]
    assert search_keys.find_orders(link.salesforce_id[:15]) == [order.pk]
    assert search_keys.find_orders(Link.objects.get(kind="payment").salesforce_id) == [order.pk]
    assert search_keys.find_orders("801000000000000AAA") == []


@pytest.mark.req("CRM-35")
def test_the_order_page_of_the_back_office_shows_the_panel(admin_client, org, sync):
    order = paid_order()
    sync()

    page = admin_client.get(reverse("admin:orders_order_change", args=[order.pk]))

    text = page.content.decode()
    assert page.status_code == 200
    assert Link.objects.get(kind="order").salesforce_id in text
    assert reverse("admin:crm_sync_explain", args=["order", order.key]) in text
