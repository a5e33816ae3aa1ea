"""Customers of a file: added, or brought to what the file says."""

from collections.abc import Sequence
from datetime import datetime

from shop.directory.customers import imports as customers
from shop.platform.transfer.records import CustomerRecord, ImportContext
from shop.platform.transfer.writing.batches import Item, Written
from shop.platform.transfer.writing.orders import customer_data


class CustomerWriter:
    """Writes batches of customers as the mode asks."""

    def __init__(self, context: ImportContext, *, now: datetime) -> None:
        self.context = context
        self.now = now

    def write(self, items: Sequence[Item[CustomerRecord]]) -> Written[CustomerRecord]:
        written: Written[CustomerRecord] = Written()
        wanted = [
            (item, customer_data(item.record, currency=self.context.currency)) for item in items
        ]
        if self.context.mode != "both":
            wanted = self._fitting(wanted, written)
        result = customers.import_customers(
            rows=[data for _, data in wanted], now=self.now, is_synced=self.context.is_synced
        )
        written.created, written.updated = result.created, result.updated
        written.unchanged += result.unchanged
        return written

    def _fitting(
        self,
        wanted: list[tuple[Item[CustomerRecord], customers.CustomerData]],
        written: Written[CustomerRecord],
    ) -> list[tuple[Item[CustomerRecord], customers.CustomerData]]:
        """Those that the mode lets in: only new ones, or only known ones."""
        known = customers.known_customers(data.identity for _, data in wanted)
        if self.context.mode == "add":
            fresh = [pair for pair in wanted if pair[1].identity not in known]
            written.unchanged += len(wanted) - len(fresh)
            return fresh
        for item, data in wanted:
            if data.identity not in known:
                reason = "is not known, and --mode update adds nobody"
                written.reject(item, "email", item.record.email, reason)
        return [pair for pair in wanted if pair[1].identity in known]

    def forget(self) -> None:
        """Nothing is remembered between batches."""

    def finish(self) -> None:
        """Nothing is left to do."""
