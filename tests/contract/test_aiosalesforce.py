"""aiosalesforce, unchanged: httpx underneath, many calls at the same time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow, JwtBearerFlow, SoapLogin
from aiosalesforce.exceptions import AuthenticationError, SalesforceError
from aiosalesforce.retries import RetryPolicy

pytestmark = [pytest.mark.contract, pytest.mark.req("ORG-01")]
ADDRESS = "https://example.my.salesforce.com"


class Loopback(httpx.AsyncHTTPTransport):
    """Sends what the client wants over https to the org's plain http."""

    def __init__(self, url):
        super().__init__()
        self.target = httpx.URL(url)

    async def handle_async_request(self, request):
        request.url = request.url.copy_with(
            scheme="http", host=self.target.host, port=self.target.port
        )
        return await super().handle_async_request(request)


def by_client(org):
    return ClientCredentialsFlow(org.credentials["client_id"], org.credentials["client_secret"])


def talk(org, conversation, auth=None, **options):
    """What a conversation with the org comes to."""

    async def run():
        async with httpx.AsyncClient(transport=Loopback(org.url), timeout=30) as transport:
            client = Salesforce(
                transport,
                base_url=ADDRESS,
                auth=auth or by_client(org),
                **{"version": "67.0", **options},
            )
            return await conversation(client)

    # In a thread of its own: the browser of other tests keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


async def rows_of(client, soql, **wish):
    return [row async for row in client.query(soql, **wish)]


async def limit(client):
    return (await client.get_limits())["DailyApiRequests"]["Max"]


@pytest.mark.req("ORG-02", "CRM-02")
def test_it_signs_in_by_client_and_by_key(org):
    key = org.folder / org.credentials["jwt_private_key"]
    by_key = JwtBearerFlow(org.credentials["client_id"], org.credentials["username"], key)

    assert talk(org, limit) == 100_000
    assert talk(org, limit, by_key) == 100_000


@pytest.mark.req("ORG-02", "CRM-02")
def test_it_signs_in_by_password_where_that_is_allowed(password_org, org):
    def by_password(of):
        return SoapLogin(of.credentials["username"], of.credentials["password"], "TOKEN")

    assert talk(password_org, limit, by_password(password_org), version="64.0") == 100_000
    with pytest.raises(AuthenticationError) as refused:
        talk(org, limit, by_password(org), version="64.0", retry_policy=RetryPolicy())
    assert refused.value.error_code == "INVALID_OPERATION"


@pytest.mark.req("ORG-02")
def test_a_wrong_secret_and_an_ended_session(org):
    wrong = ClientCredentialsFlow(org.credentials["client_id"], "wrong")
    with pytest.raises(AuthenticationError) as refused:
        talk(org, limit, wrong)
    org.faults({"kind": "expire_token", "count": 1})

    assert refused.value.error_code == "invalid_client"
    assert talk(org, limit) == 100_000


@pytest.mark.req("ORG-03")
def test_records_go_there_and_back(org):
    async def conversation(client):
        made = await client.sobject.create("Account", {"Name": "Acme", "Shop_Id__c": "k1"})
        await client.sobject.update("Account", made, {"Name": "Acme Ltd"})
        whole = await client.sobject.get("Account", made)
        some = await client.sobject.get("Account", "k1", "Shop_Id__c", fields=["Id", "Name"])
        again = await client.sobject.upsert(
            "Account", "k1", external_id_field="Shop_Id__c", data={"Name": "B"}
        )
        fresh = await client.sobject.upsert(
            "Account", "k2", external_id_field="Shop_Id__c", data={"Name": "C"}
        )
        await client.sobject.delete("Account", made)
        left = await rows_of(client, "SELECT Name FROM Account")
        every = await rows_of(client, "SELECT Name FROM Account", include_all_records=True)
        return whole, some, again, fresh, left, every

    whole, some, again, fresh, left, every = talk(org, conversation)

    assert (whole["Name"], some["Name"], some["Id"]) == ("Acme Ltd", "Acme Ltd", whole["Id"])
    assert (again.created, again.id, fresh.created) == (False, whole["Id"], True)
    assert [row["Name"] for row in left] == ["C"]
    assert len(every) == 2


async def quickly(client, operation, data, **wish):
    """One bulk job, asked after more often than the client does by itself."""
    jobs = client.bulk_v2.ingest.perform_operation(
        operation, "Account", data, polling_interval=0.2, **wish
    )
    return await anext(jobs)


@pytest.mark.req("ORG-03", "ORG-05")
def test_long_results_and_bulk_work(org):
    async def conversation(client):
        data = [{"Name": f"A{number:04}", "Shop_Id__c": f"k{number}"} for number in range(2100)]
        data.append({"Name": "x" * 300, "Shop_Id__c": "bad"})
        made = await client.bulk_v2.insert("Account", data)
        changed = await quickly(client, "upsert", data[:3], external_id_field="Shop_Id__c")
        found = await rows_of(client, "SELECT Id, Name FROM Account ORDER BY Name")
        ids = [{"Id": row["Id"]} for row in found[:2]]
        updated = await quickly(client, "update", [{**ids[0], "Name": "B"}])
        gone = await quickly(client, "delete", ids)
        jobs = [job async for job in client.bulk_v2.ingest.list_jobs()]
        return made, changed, found, updated, gone, jobs

    made, changed, found, updated, gone, jobs = talk(org, conversation)

    assert (len(made.successful_results), len(made.failed_results)) == (2100, 1)
    assert "STRING_TOO_LONG" in made.failed_results[0]["sf__Error"]
    assert [row["sf__Created"] for row in changed.successful_results] == ["false"] * 3
    assert [row["Name"] for row in found] == [f"A{number:04}" for number in range(2100)]
    assert (len(updated.failed_results), len(gone.failed_results)) == (0, 0)
    assert {job.state for job in jobs} == {"JobComplete"}


@pytest.mark.req("ORG-04")
def test_calls_are_joined_into_one(org):
    async def conversation(client):
        async with client.composite.batch(halt_on_error=True) as batch:
            first = batch.sobject.create("Account", {"Name": "Acme"})
            found = batch.query("SELECT Name FROM Account")
        async with client.composite(all_or_none=True) as composite:
            account = composite.sobject.create("Account", {"Name": "Parent"})
            contact = composite.sobject.create(
                "Contact", {"LastName": "Bell", "AccountId": str(account.reference.id)}
            )
            read = composite.sobject.get("Contact", str(contact.reference.id))
        return first, found, read

    first, found, read = talk(org, conversation)

    assert first.is_success
    assert found.done
    assert (read.status_code, read.record["LastName"]) == (200, "Bell")
    assert org.query("SELECT Account.Name FROM Contact") == [{"Account": {"Name": "Parent"}}]


@pytest.mark.req("ORG-09")
def test_its_own_retries_outlive_a_burst_of_failures(org):
    org.faults({"kind": "unavailable", "count": 2})

    assert talk(org, limit) == 100_000


@pytest.mark.req("ORG-03", "ORG-08")
def test_refusals_become_its_own_exceptions(org):
    async def conversation(client):
        failures = []
        for work in (
            client.sobject.create("Account", {}),
            client.sobject.get("Account", "001000000000000AAA"),
            rows_of(client, "SELECT Nope FROM Account"),
        ):
            try:
                await work
            except SalesforceError as error:
                failures.append(error.error_code)
        return failures

    assert talk(org, conversation) == ["REQUIRED_FIELD_MISSING", "NOT_FOUND", "INVALID_FIELD"]


@pytest.mark.req("ORG-03")
def test_fifty_calls_at_a_time_are_all_answered(org):
    async def conversation(client):
        made = [client.sobject.create("Account", {"Name": f"A{n}"}) for n in range(50)]
        return await asyncio.gather(*made)

    assert len(set(talk(org, conversation))) == 50
    assert org.query("SELECT COUNT(Id) n FROM Account") == [{"n": 50}]
