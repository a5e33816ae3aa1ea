"""Price books, products and their entries: the standard price always goes first."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crm_sync.engine.matching import adopt
from crm_sync.engine.pusher import Identity, Item, Result, push, settle
from crm_sync.engine.run import Run
from crm_sync.mappings import goods, names
from crm_sync.mappings.records import Record
from crm_sync.models import SyncJob
from shop.pricing.price_lists.models import PriceList

GONE = "Deleted in the shop; what Salesforce has of it stays."


def push_price_lists(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Bring price lists over."""
    rows = {row.code: row for row in PriceList.objects.filter(code__in=[job.key for job in jobs])}
    items = [
        Item(job=job, record=goods.price_list_record(rows[job.key]))
        for job in jobs
        if job.key in rows
    ]
    results = push(run, items)
    for job in jobs:
        if job.key in rows:
            settle(run, job, results, [(names.PRICE_LIST, job.key)])
        else:
            run.skip(job, GONE)


def push_products(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Bring variants over with their standard and shop prices, in this order."""
    book = goods.shop_price_list()
    by_key = {job.key: job for job in jobs}
    wanted = _wanted(run, by_key)
    if (
        book
        and any(prices for _, _, prices in wanted)
        and not run.link(names.PRICE_LIST, book.code)
    ):
        for job in jobs:
            run.block(job, names.PRICE_LIST, book.code)
        return
    _link_strangers(run, [Item(job, record) for job, record, _ in wanted])
    wanted = [row for row in wanted if run.is_open(row[0])]
    results = push(run, [Item(job, record) for job, record, _ in wanted])
    priced = [
        (job, record.key, amount)
        for job, record, amounts in wanted
        if results[record.identity].fault is None
        for amount in amounts
    ]
    standard = run.facts.standard_book_id
    standard_items = [
        Item(job, goods.standard_price_record(key, amount, standard)) for job, key, amount in priced
    ]
    _link_strange_prices(run, standard_items)
    results |= push(run, [item for item in standard_items if run.is_open(item.job)])
    if book:
        ready = [row for row in priced if _went_well(results.get((names.STANDARD_PRICE, row[1])))]
        results |= push(
            run, [Item(job, goods.price_record(key, amount, book)) for job, key, amount in ready]
        )
    _settle_products(run, jobs, wanted, results)


def _went_well(result: Result | None) -> bool:
    return result is not None and result.fault is None


Wanted = list[tuple[SyncJob, Record, tuple[Decimal, ...]]]


def _wanted(run: Run, by_key: Mapping[str, SyncJob]) -> Wanted:
    wanted: Wanted = [
        (
            by_key[facts.product.key],
            goods.product_record(facts),
            (facts.price.amount,) if facts.price else (),
        )
        for facts in goods.variant_facts([key for key in by_key if key != names.STAND_IN])
    ]
    if names.STAND_IN in by_key:
        wanted.append((by_key[names.STAND_IN], goods.stand_in_record(), (Decimal(0),)))
    return wanted


def _settle_products(
    run: Run, jobs: Sequence[SyncJob], wanted: Wanted, results: Mapping[Identity, Result]
) -> None:
    keys_of: dict[int, list[str]] = {job.pk: [] for job in jobs}
    for job, record, _ in wanted:
        keys_of[job.pk].append(record.key)
    for job in jobs:
        if not run.is_open(job):
            continue
        if not keys_of[job.pk]:
            run.skip(job, GONE)
            continue
        kinds = (names.PRODUCT, names.STANDARD_PRICE, names.PRICE)
        identities = [(kind, key) for key in keys_of[job.pk] for kind in kinds]
        settle(run, job, results, [name for name in identities if name in results])


def _link_strangers(run: Run, items: Sequence[Item]) -> None:
    """Products that the org had before us are found by SKU and become ours."""
    if "Product2" not in run.facts.strangers:
        return
    unlinked = [item for item in items if not run.link(*item.record.identity)]
    by_sku = {str(item.record.fields.get("ProductCode")): item for item in unlinked}
    if not by_sku:
        return
    adopt(
        run,
        "Product2",
        "SELECT Id, ProductCode FROM Product2 WHERE Shop_Id__c = null AND ProductCode IN {names}",
        "ProductCode",
        by_sku,
    )


def _link_strange_prices(run: Run, items: Sequence[Item]) -> None:
    """A product that was there before us may have its standard price; a second one is refused."""
    if "Product2" not in run.facts.strangers:
        return
    by_product = {
        names.external_id(names.PRODUCT, item.record.key): item
        for item in items
        if not run.link(*item.record.identity)
    }
    if by_product:
        adopt(
            run,
            "PricebookEntry",
            "SELECT Id, Product2.Shop_Id__c FROM PricebookEntry WHERE Shop_Id__c = null "
            "AND Pricebook2.IsStandard = true AND Product2.Shop_Id__c IN {names}",
            "Product2.Shop_Id__c",
            by_product,
        )
