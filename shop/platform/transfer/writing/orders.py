"""Past orders go in with their customers; what is known by its number stays as it is."""

from collections.abc import Sequence
from datetime import datetime

from shop.core.actors import Actor
from shop.directory.customers import imports as customers
from shop.directory.geography import selectors as geography
from shop.directory.geography.addresses import PostalAddress
from shop.platform.transfer.countries import country_code
from shop.platform.transfer.records import (
    CustomerRecord,
    ImportContext,
    OrderLineRecord,
    OrderRecord,
)
from shop.platform.transfer.writing.batches import Item, Written
from shop.sales.orders import services as orders
from shop.sales.orders.dataclasses import PastLine, PastOrder
from shop.sales.orders.models import Order

INDIA = "IN"


class OrderWriter:
    """Writes batches of past orders; figures of customers are counted once, at the end."""

    def __init__(self, context: ImportContext, *, source: str, actor: Actor, now: datetime) -> None:
        self.context = context
        self.source = source
        self.actor = actor
        self.now = now
        self.customer_ids: dict[customers.Identity, int] = {}
        self.touched: set[int] = set()
        self.regions: dict[tuple[str, str], str] = {}
        self.cities: dict[tuple[str, str, str], str] = {}

    def write(self, items: Sequence[Item[OrderRecord]]) -> Written[OrderRecord]:
        written: Written[OrderRecord] = Written()
        if self.context.mode == "update":
            for item in items:
                reason = "orders of the past are never changed; use --mode add"
                written.reject(item, "number", item.record.number, reason)
            return written
        items = self._foreign(items, written)
        self._ensure_customers(items)
        past = [self._past_order(item.record) for item in items]
        result = orders.record_past_orders(
            orders=past, actor=self.actor, now=self.now, sync=self.context.is_synced
        )
        # Also those of orders that were there already: an earlier run may have been cut off.
        self.touched.update(order.customer_id for order in past)
        written.created = result.created
        written.unchanged += result.unchanged
        return written

    def _foreign(
        self, items: Sequence[Item[OrderRecord]], written: Written[OrderRecord]
    ) -> list[Item[OrderRecord]]:
        """Orders that were not placed in this shop: an export that comes back adds nothing."""
        numbers = [item.record.number for item in items]
        own = set(Order.objects.filter(number__in=numbers).values_list("number", flat=True))
        written.unchanged += sum(number in own for number in numbers)
        return [item for item in items if item.record.number not in own]

    def forget(self) -> None:
        """Nothing of the last batch was kept."""
        self.customer_ids.clear()
        self.touched.clear()

    def finish(self) -> None:
        """Count anew what the customers of this import have bought."""
        if self.touched:
            orders.refresh_customer_figures(customer_ids=sorted(self.touched))

    def _ensure_customers(self, items: Sequence[Item[OrderRecord]]) -> None:
        wanted = {}
        for item in items:
            data = customer_data(item.record.customer, currency=item.record.currency)
            if data.identity not in self.customer_ids:
                wanted[data.identity] = data
        if wanted:
            self.customer_ids |= customers.ensure_customers(
                rows=list(wanted.values()), now=self.now, is_synced=self.context.is_synced
            )

    def _past_order(self, record: OrderRecord) -> PastOrder:
        person = record.customer
        address = postal_address(person)
        country = country_code(record.country or person.country) if not address else address.country
        state = address.state if address else ""
        is_done = record.status == "COMPLETED"
        return PastOrder(
            source=self.source,
            source_number=record.number,
            customer_id=self.customer_ids[customer_data(person, currency="").identity],
            placed_at=record.placed_at,
            currency=record.currency,
            lines=[_past_line(line) for line in record.lines],
            status=record.status,
            order_type=record.order_type,
            payment_status=record.payment_status,
            payment_method=record.payment_method,
            fulfillment_status="DELIVERED" if is_done else "UNFULFILLED",
            email=person.email,
            phone=person.phone,
            full_name=person.full_name,
            shipping_total=record.shipping_total,
            shipping_name=record.shipping_name,
            shipping_city=self._city(address) if address else "",
            shipping_state=state,
            shipping_country=country,
            region=self._region(country, state),
            billing=address,
            shipping=address,
            activated_at=record.placed_at if record.status != "DRAFT" else None,
            completed_at=record.placed_at if is_done else None,
            cancelled_at=record.placed_at if record.status == "CANCELLED" else None,
            note=record.note,
        )

    def _city(self, address: PostalAddress) -> str:
        key = (address.city, address.postal_code, address.country)
        if key not in self.cities:
            self.cities[key] = geography.canonical_city(*key)
        return self.cities[key]

    def _region(self, country: str, state: str) -> str:
        key = (country, state)
        if key not in self.regions:
            self.regions[key] = geography.region_of(country, state) if country else ""
        return self.regions[key]


def customer_data(record: CustomerRecord, *, currency: str) -> customers.CustomerData:
    """The customer package's own words for a customer of a file."""
    address = postal_address(record)
    return customers.CustomerData(
        email=record.email,
        full_name=record.full_name[:150],
        phone=record.phone,
        company_name=record.company_name,
        country=country_code(record.country) if record.country else "",
        source=record.source,
        source_number=record.source_number,
        currency=currency,
        address=address.to_dict() if address else None,
    )


def postal_address(record: CustomerRecord) -> PostalAddress | None:
    """The address of a record, if it has one at all."""
    if not (record.line1 or record.city):
        return None
    return PostalAddress(
        full_name=record.full_name[:150],
        phone=record.phone,
        line1=record.line1,
        line2=record.line2,
        city=record.city,
        state=record.state,
        postal_code=record.postal_code,
        country=country_code(record.country) or INDIA,
    ).tidied()


def _past_line(line: OrderLineRecord) -> PastLine:
    return PastLine(
        title=line.title,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total=line.total,
        sku=line.sku,
        kind="CHARGE" if line.is_charge else "GOODS",
        variant_title=line.variant_title,
        tax=line.tax,
        discount=line.discount,
    )
