"""Order, OrderItem and Payment__c: what was bought and how it is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Prefetch

from crm_sync.mappings import names
from crm_sync.mappings.people import address_fields
from crm_sync.mappings.records import CENTS, Record, Value, day, moment, money, text
from crm_sync.options import PAID
from shop.core import options
from shop.core.dates import store_date
from shop.sales.fulfillment.models import Shipment, ShipmentState
from shop.sales.orders.models import (
    AddressKind,
    Order,
    OrderAddress,
    OrderLine,
    OrderStatus,
    OrderType,
)
from shop.sales.payments.models import Payment, PaymentState

RECORD_TYPES = {
    OrderType.NORMAL: "Normal_Order",
    OrderType.BULK: "Bulk_Order",
    OrderType.RETURN: "Return_Order",
}
PAYMENT_WORDS = {
    PaymentState.PENDING: "Pending",
    PaymentState.AUTHORIZED: "Authorized",
    PaymentState.PAID: "Captured",
    PaymentState.FAILED: "Failed",
    PaymentState.CANCELLED: "Cancelled",
    PaymentState.REFUNDED: "Refunded",
    PaymentState.PART_REFUNDED: "Partially_Refunded",
}
TRACKING_LENGTH = 255  # of Order.Shop_Tracking_Number__c
METHODS = {"cod": "Cash on delivery", "card": "Card"}


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order with its lines and addresses."""

    order: Order
    lines: tuple[OrderLine, ...]
    billing: OrderAddress | None
    shipping: OrderAddress | None
    shipments: tuple[Shipment, ...] = ()

    @property
    def key(self) -> str:
        """The order's public key."""
        return self.order.key

    @property
    def is_to_activate(self) -> bool:
        """Whether payment is confirmed, or cash on delivery accepted."""
        return self.order.status in (OrderStatus.ACTIVATED, OrderStatus.COMPLETED)

    @property
    def why_not_sent(self) -> str:
        """Why Salesforce gets no order for it; empty when it does."""
        if self.order.order_type in (OrderType.RETURN, OrderType.ADJUSTMENT):
            return "Returns and adjustments are not orders in Salesforce."
        if not self.lines:
            return "An order without lines is not sent."
        waits = options.value("crm.order_create_on") == PAID and self.order.activated_at is None
        if waits and not self.is_to_activate:
            return "Waits for payment (crm.order_create_on)."
        return ""


def order_facts(keys: Sequence[str]) -> dict[str, OrderFacts]:
    """Read many orders in a constant number of queries."""
    orders = (
        Order.objects.filter(key__in=keys)
        .select_related("customer")
        .prefetch_related(
            Prefetch("lines", queryset=OrderLine.objects.order_by("position")),
            Prefetch("shipments", queryset=Shipment.objects.order_by("number")),
            "addresses",
        )
    )
    return {order.key: _facts(order) for order in orders}


def _facts(order: Order) -> OrderFacts:
    by_kind = {address.kind: address for address in order.addresses.all()}
    return OrderFacts(
        order=order,
        lines=tuple(order.lines.all()),
        billing=by_kind.get(AddressKind.BILLING),
        shipping=by_kind.get(AddressKind.SHIPPING),
        shipments=tuple(order.shipments.all()),
    )


def tracking_numbers(shipments: Sequence[Shipment]) -> str:
    """Write the numbers of all parcels under way; those that no longer fit are left out whole."""
    numbers = dict.fromkeys(
        each.tracking_number
        for each in shipments
        if each.tracking_number and each.state != ShipmentState.CANCELLED
    )
    told = ""
    for number in numbers:
        longer = f"{told}, {number}" if told else number
        if len(longer) > TRACKING_LENGTH:
            break
        told = longer
    return told


def order_record(
    facts: OrderFacts,
    *,
    account: dict[str, str],
    book_code: str,
    draft_status: str,
    record_types: dict[str, str],
    contact_key: str,
    lead_external_id: str,
) -> Record:
    """The order's head; account, book, date and draft status belong to its creation."""
    order = facts.order
    fields: dict[str, Value] = {
        **address_fields("Billing", facts.billing),
        **address_fields("Shipping", facts.shipping),
        "PoNumber": order.number,
        "Shop_Status__c": order.status,
        "Shop_Grand_Total__c": money(order.grand_total),
        "Shop_Tax_Total__c": money(order.tax_total),
        "Shop_Shipping_Total__c": money(order.shipping_total),
        "Shop_Discount_Total__c": money(order.discount_total),
        "Shop_Fee_Total__c": money(order.fee_total),
        "Shop_Refunded_Total__c": money(order.refunded_total),
        "Shop_Currency__c": order.currency,
        "Shop_Payment_Status__c": order.payment_status,
        "Shop_Fulfillment_Status__c": order.fulfillment_status,
        "Shop_Channel__c": order.channel,
        "Shop_Coupon_Codes__c": text(", ".join(offer_codes(order))),
        "Shop_Source_Number__c": text(order.source_number),
        "Shop_Tracking_Number__c": text(tracking_numbers(facts.shipments)),
        "Shop_Version__c": float(order.version),
    }
    if contact_key:
        fields["BillToContact"] = names.reference(names.CONTACT, contact_key)
    if lead_external_id:
        fields["Shop_Lead__r"] = {names.EXTERNAL_ID: lead_external_id}
    record_type = record_types.get(RECORD_TYPES.get(OrderType(order.order_type), ""), "")
    return Record(
        kind=names.ORDER,
        key=order.key,
        sobject="Order",
        external_id=names.external_id(names.ORDER, order.number),
        fields=fields,
        on_create={
            "Account": account,
            "Pricebook2": names.reference(names.PRICE_LIST, book_code),
            "EffectiveDate": day(store_date(order.placed_at)),
            "Status": draft_status,
            **({"RecordTypeId": record_type} if record_type else {}),
        },
    )


def offer_codes(order: Order) -> list[str]:
    """Answer the codes of the offers that lowered the order's price."""
    codes = [str(share.get("code", "")) for share in order.discounts if isinstance(share, dict)]
    return list(dict.fromkeys(code for code in codes if code))


def line_product_key(line: OrderLine, known: set[str]) -> str:
    """Answer whose price entry a line uses; what left the catalog is stood in for."""
    is_known = bool(line.variant_id) and line.variant_key in known
    return line.variant_key if is_known else names.STAND_IN


def net_unit_price(line: OrderLine) -> Decimal:
    """Answer the net price of one unit after all shared discounts, in two digits."""
    return (line.net / line.quantity).quantize(CENTS, rounding=ROUND_HALF_UP)


def line_record(line: OrderLine, order: Order, product_key: str) -> Record:
    """One line; its exact sums stand in our own fields, because unit × quantity may miss paise."""
    title = f"{line.title} – {line.variant_title}" if line.variant_title else line.title
    return Record(
        kind=names.ORDER_LINE,
        key=line.key,
        sobject="OrderItem",
        external_id=names.external_id(names.ORDER_LINE, line.key),
        fields={
            "Quantity": float(line.quantity),
            "UnitPrice": money(net_unit_price(line)),
            "Description": title,
            "Shop_Line_Net__c": money(line.net),
            "Shop_Tax__c": money(line.tax),
            "Shop_Line_Total__c": money(line.total),
            "Shop_Discount__c": money(line.discount),
            "Shop_Tax_Code__c": text(line.hsn_code),
            "Shop_Tax_Rate__c": float(line.tax_rate),
        },
        on_create={
            "Order": names.reference(names.ORDER, order.number),
            "PricebookEntry": names.reference(names.PRICE, product_key),
        },
    )


def payments(keys: Sequence[str]) -> dict[str, Payment]:
    """Read many payments with their orders."""
    rows = Payment.objects.filter(key__in=keys).select_related("order")
    return {payment.key: payment for payment in rows}


def payment_record(payment: Payment) -> Record:
    """What was paid and how; never anything of a card."""
    return Record(
        kind=names.PAYMENT,
        key=payment.key,
        sobject="Payment__c",
        external_id=names.external_id(names.PAYMENT, payment.key),
        fields={
            "Order__r": names.reference(names.ORDER, payment.order.number),
            "Status__c": PAYMENT_WORDS[PaymentState(payment.state)],
            "Amount__c": money(payment.amount),
            "Currency__c": payment.currency,
            "Refunded_Amount__c": money(payment.refunded_amount),
            "Method__c": METHODS.get(payment.method, payment.method),
            "Gateway_Reference__c": text(payment.reference),
            "Captured_At__c": moment(payment.captured_at),
        },
    )
