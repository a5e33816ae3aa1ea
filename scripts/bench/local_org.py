"""The local org with a million records in it: writes, queries, Bulk jobs and memory."""

import contextlib
import functools
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from scripts import children
from scripts.bench import stage

RECORDS = int(os.environ.get("BENCH_RECORDS", "1000000"))
KEPT = os.environ.get("BENCH_ORG", "")
ROWS_PER_JOB = 100_000
ACCOUNT_SHARE = 0.4
BATCH = 200
ROUNDS = 15
API = "/services/data/v67.0"
FIELDS = (
    *("Id", "Name", "Shop_Id__c", "Phone", "Website", "Industry", "Type", "BillingStreet"),
    *("BillingCity", "BillingState", "BillingPostalCode", "BillingCountry", "AccountNumber"),
    *("NumberOfEmployees", "AnnualRevenue", "Description", "OwnerId", "CreatedDate"),
    *("LastModifiedDate", "SystemModstamp"),
)


@dataclass
class Org:
    """A running org and a client of it."""

    url: str
    process: children.Child
    session: requests.Session

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Send a request that has to succeed; answers what came back."""
        answer = self.session.request(method, f"{self.url}{API}/{path}", timeout=120, **request)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content and method != "PUT" else None

    def count(self, name: str) -> int:
        """Return the number of an object's records."""
        soql = f"SELECT COUNT() FROM {name}"  # noqa: S608 - SOQL, our own names
        return int(self.query(soql)["totalSize"])

    def query(self, soql: str) -> Any:
        """Return the first page of a statement's result."""
        return self.call("GET", "query", params={"q": soql})

    def peak_megabytes(self) -> float:
        """Return the most memory that the process ever held."""
        pid = self.process.process.pid if self.process.process else 0
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
        return round(int(kilobytes) / 1024)


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Org]:
    """Serve an org from a folder."""
    port = stage.free_port()
    url = f"http://{stage.HOST}:{port}"
    command = [
        *(sys.executable, "-m", "crm_sync.localorg", "--port", str(port)),
        *("--data", str(folder / "org"), "--metadata", str(stage.ROOT / "crm_sync" / "metadata")),
    ]
    environment = {**os.environ, "PYTHONPATH": str(stage.ROOT)}
    child = children.Child("org", command, environment, folder / "org.log")
    child.start()
    try:
        deadline = time.monotonic() + stage.START_SECONDS
        while not stage.answers(f"{url}/services/data"):
            if not child.is_running or time.monotonic() > deadline:
                raise RuntimeError(f"The org did not start:\n{child.tail()}")
            time.sleep(0.1)
        yield Org(url, child, _signed_in(url, folder / "org" / "credentials.json"))
    finally:
        children.stop_all([child])


def _signed_in(url: str, credentials: Path) -> requests.Session:
    known = json.loads(credentials.read_text())
    facts = {name: known[name] for name in ("client_id", "client_secret")}
    answer = requests.post(
        f"{url}/services/oauth2/token",
        data={"grant_type": "client_credentials", **facts},
        timeout=30,
    )
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


def _account(number: int) -> str:
    return (
        f"acct-{number},Company {number},+91 20 {number:08d},https://c{number}.example,Retail,"
        f"Customer,{number} Market Road,Pune,Maharashtra,{number % 1000000:06d},India,"
        f"A-{number},{number % 500},{number % 90000},Buys lamps and bowls"
    )


def _contact(number: int, account: int) -> str:
    return f"cust-{number},First{number},Last{number},c{number}@example.com,Pune,acct-{account}"


ACCOUNT_COLUMNS = (
    "Shop_Id__c,Name,Phone,Website,Industry,Type,BillingStreet,BillingCity,BillingState,"
    "BillingPostalCode,BillingCountry,AccountNumber,NumberOfEmployees,AnnualRevenue,Description"
)
CONTACT_COLUMNS = "Shop_Id__c,FirstName,LastName,Email,MailingCity,Account.Shop_Id__c"


def bulk(org: Org, name: str, rows: list[str]) -> dict[str, Any]:
    """Upsert rows, header first, by one Bulk job; answers the job when it has ended."""
    wish = {"object": name, "operation": "upsert", "externalIdFieldName": "Shop_Id__c"}
    job = org.call("POST", "jobs/ingest", json=wish)["id"]
    content = "\n".join(rows).encode() + b"\n"
    org.call(
        "PUT", f"jobs/ingest/{job}/batches", data=content, headers={"Content-Type": "text/csv"}
    )
    org.call("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    while True:
        found: dict[str, Any] = org.call("GET", f"jobs/ingest/{job}")
        if found["state"] in {"JobComplete", "Failed", "Aborted"}:
            break
        time.sleep(0.05)
    if found["state"] != "JobComplete" or found["numberRecordsFailed"]:
        raise RuntimeError(f"A Bulk job of {name} ended badly: {found}")
    return found


def _fill(org: Org, name: str, header: str, line: Callable[[int], str], wanted: int) -> None:
    for start in range(org.count(name), wanted, ROWS_PER_JOB):
        numbers = range(start, min(start + ROWS_PER_JOB, wanted))
        bulk(org, name, [header, *map(line, numbers)])


def fill(org: Org) -> dict[str, Any]:
    """Bring the org to its number of records through the Bulk API."""
    began = time.monotonic()
    accounts = int(RECORDS * ACCOUNT_SHARE)
    _fill(org, "Account", ACCOUNT_COLUMNS, _account, accounts)
    contacts = RECORDS - accounts
    _fill(org, "Contact", CONTACT_COLUMNS, lambda n: _contact(n, n % accounts), contacts)
    return {"records": RECORDS, "seconds": round(time.monotonic() - began)}


def median(times: int, act: Callable[[int], object]) -> float:
    """Return the middle of some measured times in milliseconds."""
    taken = []
    for turn in range(times):
        began = time.perf_counter()
        act(turn)
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken), 1)


def _collection(org: Org, first: int, phone: str) -> None:
    records = [
        {
            "attributes": {"type": "Account"},
            "Shop_Id__c": f"bench-{number}",
            "Name": f"Company {number}",
            "Phone": phone,
            "BillingCity": "Pune",
        }
        for number in range(first, first + BATCH)
    ]
    body = {"allOrNone": False, "records": records}
    answer = org.call("PATCH", "composite/sobjects/Account/Shop_Id__c", json=body)
    if not all(row["success"] for row in answer):
        raise RuntimeError(f"A collection failed: {answer[0]}")


def writes(org: Org) -> dict[str, Any]:
    """Time collections, single upserts and a Bulk job."""
    path = "sobjects/Account/Shop_Id__c/acct-"
    jobs = {}
    for label, first in (("new", RECORDS), ("changed", RECORDS)):
        began = time.monotonic()
        lines = [_account(number) for number in range(first, first + 10_000)]
        bulk(org, "Account", [ACCOUNT_COLUMNS, *lines])
        jobs[f"bulk_10000_{label}_s"] = round(time.monotonic() - began, 2)
    single = median(
        100, lambda turn: org.call("PATCH", f"{path}{turn * 97}", json={"Phone": f"9{turn}"})
    )
    created = median(
        100, lambda turn: org.call("PATCH", f"{path}one-{turn}", json={"Name": f"One {turn}"})
    )
    return {
        "collection_200_new_ms": median(ROUNDS, lambda turn: _collection(org, turn * BATCH, "1")),
        "collection_200_changed_ms": median(
            ROUNDS, lambda turn: _collection(org, turn * BATCH, "2")
        ),
        "upsert_changed_ms": single,
        "upsert_new_ms": created,
        **jobs,
    }


def queries(org: Org) -> dict[str, Any]:
    """Time what clients ask most often."""
    base = f"SELECT {', '.join(FIELDS)} FROM Account"  # noqa: S608 - SOQL, our own names
    asked = {
        "query_2000x20_ms": f"{base} LIMIT 2000",
        "query_2000x20_first_page_ms": f"{base} ORDER BY SystemModstamp, Id",
        "query_by_key_ms": f"{base} WHERE Shop_Id__c = 'acct-777'",
        "query_parent_ms": "SELECT Id, Account.Name FROM Contact WHERE Email = 'c77@example.com'",
    }
    result = {}
    for name, soql in asked.items():
        act = functools.partial(_query, org, soql)
        result[name] = median(3 if "first_page" in name else ROUNDS, act)
    return result


def _query(org: Org, soql: str, _turn: int) -> None:
    org.query(soql)


def measure(result: dict[str, Any]) -> None:
    """Fill an org, or take the one that BENCH_ORG names, and measure it after a fresh start."""
    folder = Path(KEPT) if KEPT else Path(tempfile.mkdtemp(prefix="bench-org-"))
    try:
        with started(folder) as org:
            result["fill"] = fill(org)
            result["fill"]["peak_mb"] = org.peak_megabytes()
        with started(folder) as org:
            result["peak_mb_at_start"] = org.peak_megabytes()
            result["writes"] = writes(org)
            result["queries"] = queries(org)
            result["peak_mb"] = org.peak_megabytes()
    finally:
        if not KEPT:
            shutil.rmtree(folder, ignore_errors=True)
