"""Customers, stock and orders as rows of their plain formats."""

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch, Q

from shop.directory.customers.models import Address, Customer
from shop.goods.inventory.models import StockItem
from shop.platform.transfer.formats import plain_customers, plain_orders, plain_stock
from shop.sales.orders.models import Order, OrderAddress, OrderLine

CHUNK = 500
_ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


class CustomerTable:
    """Customers with the address they use; merged rows and nameless guests stay out."""

    def header(self) -> Sequence[str]:
        return plain_customers.COLUMNS

    def rows(self) -> Iterator[Sequence[str]]:
        books = Prefetch("addresses", Address.objects.order_by("-is_default_shipping", "pk"))
        customers = (
            Customer.objects.filter(~Q(email="") | ~Q(source_number=""), merged_into=None)
            .prefetch_related(books)
            .order_by("pk")
        )
        for customer in customers.iterator(chunk_size=CHUNK):
            yield self._row(customer)

    def _row(self, customer: Customer) -> Sequence[str]:
        address = next(iter(customer.addresses.all()), None)
        cells = {name: getattr(address, name, "") for name in _ADDRESS}
        cells |= {
            "email": customer.email,
            "full_name": customer.full_name,
            "phone": customer.phone,
            "company_name": customer.company_name,
            "source": customer.source if customer.source_number else "",
            "source_number": customer.source_number,
            "country": address.country if address else customer.country,
        }
        return [cells[column] for column in self.header()]


class StockTable:
    """Units on hand, a row for each SKU and place."""

    def header(self) -> Sequence[str]:
        return plain_stock.COLUMNS

    def rows(self) -> Iterator[Sequence[str]]:
        items = StockItem.objects.order_by("variant__sku", "location__code").values_list(
            "variant__sku", "location__code", "on_hand"
        )
        for sku, location, on_hand in items.iterator(chunk_size=CHUNK * 4):
            yield sku, location, str(on_hand)


class OrderTable:
    """Orders, a row for each line, in the order in which they were placed."""

    def header(self) -> Sequence[str]:
        return plain_orders.COLUMNS

    def rows(self) -> Iterator[Sequence[str]]:
        orders = Order.objects.order_by("placed_at", "pk").prefetch_related(
            Prefetch("lines", OrderLine.objects.order_by("position")),
            Prefetch("addresses", OrderAddress.objects.order_by("-kind")),
        )
        for order in orders.iterator(chunk_size=CHUNK):
            cells = self._order_cells(order)
            for line in order.lines.all():
                yield self._row(cells, line)

    def _order_cells(self, order: Order) -> dict[str, str]:
        address = next(iter(order.addresses.all()), None)
        cells = {name: str(getattr(address, name, "")) for name in _ADDRESS}
        return cells | {
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "email": order.email,
            "full_name": order.full_name,
            "phone": order.phone,
            "currency": order.currency,
            "status": order.status,
            "payment_status": order.payment_status,
            "payment_method": order.payment_method,
            "shipping_name": order.shipping_name,
            "shipping_total": str(order.shipping_total),
            "note": order.note,
        }

    def _row(self, order: dict[str, str], line: OrderLine) -> Sequence[str]:
        cells = order | {
            "sku": line.sku,
            "title": line.title,
            "quantity": str(line.quantity),
            "unit_price": str(line.unit_price),
            "discount": str(line.discount),
            "tax": str(line.tax),
        }
        return [cells[column] for column in self.header()]
