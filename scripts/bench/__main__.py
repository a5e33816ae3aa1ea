"""Measure what the product promises to be quick at, and write bench.json.

`python -m scripts.bench` does all of it; names choose sections: pages buying sqlite imports push
latency org. BENCH_PRODUCTS, BENCH_ORDERS, BENCH_RECORDS and BENCH_SECONDS make it smaller.
"""

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from scripts.bench import buyers, local_org, stage, traffic

REPORT = stage.ROOT / "bench.json"
PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "50000"))
ORDERS = int(os.environ.get("BENCH_ORDERS", "100000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "15"))
PUSHED = min(PRODUCTS, 10_000)
PURCHASES = 30
CONNECTIONS = 16
BUYERS = 8
WHOLESALE = Path("online_retail") / "online_retail_2010_2011.csv.gz"
API = "/services/data/v62.0"
REPORT_PAGES = (
    "dashboard=/reports/",
    "orders today=/reports/orders-today/",
    "revenue=/reports/revenue/",
    "top products=/reports/top-products/",
    "sales by price=/reports/sales-by-price/",
    "region x sales rep=/reports/region-rep/",
    "shipping cities=/reports/cities/",
    "sales and cancellations=/reports/ledger/",
    "orders behind a figure=/reports/rows/",
    "lines behind a figure=/reports/lines/",
)


@dataclass
class Goods:
    """Some products of the filled store: address and SKU."""

    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Their addresses."""
        return [path for path, _ in self.pairs]


def filled(store: stage.Stage, result: dict[str, Any], products: int) -> Goods:
    """Fill the store with products and name some of them."""
    result["fill_products"] = store.python("scripts.bench.fill", "products", str(products))
    found = store.python("scripts.bench.fill", "sample", "400")
    return Goods([(row["path"], row["sku"]) for row in found["goods"]])


def page_times(store: stage.Stage, goods: Goods) -> dict[str, Any]:
    """Server time and queries of the pages that shoppers see most."""
    category = store.python("scripts.bench.fill", "categories", "1")["paths"][0]
    return store.python(
        "scripts.bench.pages",
        "home=/",
        f"list={category}",
        "list, page 40=" + category + "?page=40",
        f"product={goods.paths[0]}",
        "search, one word=/search/?q=lamp",
        "search, two words=/search/?q=brass+kettle",
        "search, misspelt=/search/?q=kettel",
        f"search, sku=/search/?q={goods.pairs[0][1]}",
    )


def page_rates(base: str, store: stage.Stage, goods: Goods) -> dict[str, Any]:
    """Pages each second over sixteen connections."""
    categories = store.python("scripts.bench.fill", "categories", "20")["paths"]
    words = ("lamp", "bowl", "brass+tray", "teak+chair", "clock")
    asked = {
        "list": categories,
        "product": goods.paths,
        "search": [f"/search/?q={word}" for word in words],
    }
    return {
        name: traffic.get_pages(base, paths, CONNECTIONS, SECONDS) for name, paths in asked.items()
    }


def pages(result: dict[str, Any]) -> None:
    """Shoppers' pages, and the list of orders in the admin, on PostgreSQL."""
    with stage.store("postgres") as store:
        goods = filled(store, result, PRODUCTS)
        result["server_time"] = page_times(store, goods)
        base = store.start_web()
        result["rates"] = page_rates(base, store, goods)
        result["fill_orders"] = store.python("scripts.bench.fill", "orders", str(ORDERS))
        result["admin"] = store.python(
            "scripts.bench.pages",
            "orders=/admin/orders/order/",
            "orders, searched=/admin/orders/order/?q=buyer77%40example.com",
        )


def buying(result: dict[str, Any]) -> None:
    """Carts and whole guest purchases, alone and with eight buyers."""
    with stage.store("postgres") as store:
        goods = filled(store, result, min(PRODUCTS, 5000))
        base = store.start_web()
        for count in (1, BUYERS):
            result[f"add_to_cart_{count}"] = buyers.add_to_cart(base, goods.pairs, count, SECONDS)
            result[f"checkout_{count}"] = buyers.check_out(
                base, goods.pairs, count, SECONDS, prefix=f"crowd{count}x"
            )


def sqlite(result: dict[str, Any]) -> None:
    """The same pages once on SQLite."""
    with stage.store("sqlite") as store:
        goods = filled(store, result, PRODUCTS)
        result["server_time"] = page_times(store, goods)
        result["rates"] = page_rates(store.start_web(), store, goods)


def imports(result: dict[str, Any]) -> None:
    """The whole wholesale file on both databases, twice, and the reports on it."""
    datasets = Path(os.environ.get("DATASETS") or stage.ROOT.parent / "shared" / "data")
    file = (datasets / WHOLESALE).resolve()
    if not file.exists():
        result["skipped"] = "no data sets: set DATASETS"
        return
    command = ("import_orders", str(file), "--format", "online-retail", "--currency", "GBP")
    for database in ("postgres", "sqlite"):
        with stage.store(database) as store:
            result[database] = {"first": store.manage(*command)}
            result[database]["second"] = store.manage(*command)
            if database == "postgres":
                store.manage("drain")
                period = "?period=custom&start=2010-12-01&end=2011-12-31&currency=GBP"
                result["reports"] = store.python(
                    "scripts.bench.pages", *(page + period for page in REPORT_PAGES)
                )


def push(result: dict[str, Any]) -> None:
    """Ten thousand products to the local org, by the outbox."""
    with stage.store("postgres") as store:
        org = store.start_org()
        store.manage("crm_sync", "--wait")
        before = requests.get(f"{org}/_local/stats", timeout=10).json()
        filled(store, result, PUSHED)
        result["sync"] = store.manage("crm_sync", "--wait")
        after = requests.get(f"{org}/_local/stats", timeout=10).json()
        result["products"] = PUSHED
        result["requests"] = after["requests"] - before["requests"]
        result["records_written"] = after["records_written"] - before["records_written"]


def latency(result: dict[str, Any]) -> None:
    """From Place order to the record in the org, with a worker running as usual."""
    with stage.store("postgres") as store:
        org = store.start_org()
        goods = filled(store, result, 200)
        store.manage("crm_sync", "--wait")
        base = store.start_web()
        store.start_worker()
        token = _token(org, store.environment)
        time.sleep(5)  # the worker's processes come up
        seconds = []
        for turn in range(PURCHASES):
            buyer = buyers.Buyer(base, f"late{turn}")
            path, sku = goods.pairs[turn]
            buyer.arrive(path)
            buyer.add(sku)
            number = buyer.check_out()
            seconds.append(_until_seen(org, token, number))
        seen = sorted(value for value in seconds if value is not None)
        result["orders"], result["seen"] = PURCHASES, len(seen)
        if seen:
            result["p50_seconds"] = round(statistics.median(seen), 2)
            result["p95_seconds"] = round(seen[int(len(seen) * 0.95)], 2)


def _token(org: str, environment: dict[str, str]) -> str:
    answer = requests.post(
        f"{org}/services/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": environment["SALESFORCE_CLIENT_ID"],
            "client_secret": environment["SALESFORCE_CLIENT_SECRET"],
        },
        timeout=10,
    )
    return str(answer.json()["access_token"])


def _until_seen(org: str, token: str, number: str) -> float | None:
    began = time.monotonic()
    query = f"SELECT Id FROM Order WHERE PoNumber = '{number}'"  # noqa: S608 - SOQL, our own number
    while time.monotonic() - began < 30:
        answer = requests.get(
            f"{org}{API}/query",
            params={"q": query},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        if answer.ok and answer.json()["totalSize"]:
            return time.monotonic() - began
        time.sleep(0.05)
    return None


SECTIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "pages": pages,
    "buying": buying,
    "sqlite": sqlite,
    "imports": imports,
    "push": push,
    "latency": latency,
    "org": local_org.measure,
}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=stage.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "commit": commit.stdout.strip(),
        "products": PRODUCTS,
        "orders": ORDERS,
        "note": "Clients and servers share the cores.",
    }


def stop_servers_when_terminated() -> None:
    """A measurement that is told to end leaves no server behind, like one that ends by itself."""

    def leave(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, leave)


def main() -> int:
    """Run the sections; one that fails is named in the report and does not stop the others."""
    stop_servers_when_terminated()
    chosen = sys.argv[1:] or list(SECTIONS)
    unknown = set(chosen) - set(SECTIONS)
    if unknown:
        print(f"no such section: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    report: dict[str, Any] = json.loads(REPORT.read_text()) if REPORT.exists() else {}
    report["machine"] = machine()
    failed = []
    for name in chosen:
        began = time.monotonic()
        result: dict[str, Any] = {}
        try:
            SECTIONS[name](result)
        except (RuntimeError, OSError, subprocess.CalledProcessError, KeyError) as problem:
            result["failed"] = str(problem)[-2000:]
            failed.append(name)
        result["measured_in_seconds"] = round(time.monotonic() - began)
        report[name] = result
        REPORT.write_text(json.dumps(report, indent=2) + "\n")
        print(f"{name}: {json.dumps(result, indent=2)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
