"""The shop's side of what tests send to an org."""

from crm_sync.mappings import names
from crm_sync.models import SyncJob
from shop.core.actors import SYSTEM_ACTOR
from shop.sales.orders.models import Order, OrderLine
from shop.sales.payments.models import Payment
from tests.factories.orders import NOW, placed_order
from tests.factories.payments import started_payment, tell

ACTOR = SYSTEM_ACTOR


def paid_order(*wishes, **facts) -> Order:
    """An order paid by card."""
    order = placed_order(*wishes, **facts)
    tell(started_payment(order))
    order.refresh_from_db()
    return order


def dead_letters() -> list[tuple[str, str]]:
    """What failed for good, in words."""
    rows = SyncJob.objects.filter(state=SyncJob.State.DEAD).order_by("pk")
    return list(rows.values_list("mapping", "last_error"))


def unfinished() -> list[tuple[str, str, str, str]]:
    """What is not settled yet."""
    rows = SyncJob.objects.exclude(state__in=["DONE", "IGNORED"]).order_by("pk")
    return list(rows.values_list("mapping", "key", "state", "last_error"))


def order_differences(org) -> list[str]:
    """Compare every order, line and payment with the org, field by field."""
    return [*_orders(org), *_lines(org), *_payments(org)]


def _compare(label: str, wanted: dict[str, dict], found: dict[str, dict]) -> list[str]:
    told = [f"{label} {key}: missing" for key in wanted.keys() - found.keys()]
    told += [f"{label} {key}: extra" for key in found.keys() - wanted.keys()]
    for key in wanted.keys() & found.keys():
        told += [
            f"{label} {key}.{name}: {value!r} here, {found[key].get(name)!r} there"
            for name, value in wanted[key].items()
            if found[key].get(name) != value
        ]
    return told


def _by_id(rows: list[dict]) -> dict[str, dict]:
    found = {row["Shop_Id__c"]: row for row in rows}
    assert len(found) == len(rows), "an external id occurs twice"
    return found


def _orders(org) -> list[str]:
    rows = org.query(
        "SELECT Shop_Id__c, Status, PoNumber, Shop_Status__c, Shop_Grand_Total__c, "
        "Shop_Tax_Total__c, Shop_Shipping_Total__c, Shop_Discount_Total__c, Shop_Currency__c, "
        "Shop_Fee_Total__c, Shop_Refunded_Total__c, "
        "Shop_Payment_Status__c, ShippingCity, ShippingPostalCode FROM Order"
    )
    wanted = {}
    for order in Order.objects.prefetch_related("addresses"):
        shipping = next(row for row in order.addresses.all() if row.kind == "SHIPPING")
        is_active = order.status in ("ACTIVATED", "COMPLETED")
        wanted[names.external_id(names.ORDER, order.number)] = {
            "Status": "Activated" if is_active else "Draft",
            "PoNumber": order.number,
            "Shop_Status__c": order.status,
            "Shop_Grand_Total__c": float(order.grand_total),
            "Shop_Tax_Total__c": float(order.tax_total),
            "Shop_Shipping_Total__c": float(order.shipping_total),
            "Shop_Discount_Total__c": float(order.discount_total),
            "Shop_Fee_Total__c": float(order.fee_total),
            "Shop_Refunded_Total__c": float(order.refunded_total),
            "Shop_Currency__c": order.currency,
            "Shop_Payment_Status__c": order.payment_status,
            "ShippingCity": shipping.city,
            "ShippingPostalCode": shipping.postal_code,
        }
    return _compare("order", wanted, _by_id(rows))


def _lines(org) -> list[str]:
    rows = org.query(
        "SELECT Shop_Id__c, Quantity, Description, Shop_Line_Net__c, Shop_Tax__c, "
        "Shop_Line_Total__c, Shop_Discount__c, Shop_Tax_Code__c, Shop_Tax_Rate__c, "
        "Order.PoNumber, PricebookEntry.Product2.ProductCode FROM OrderItem"
    )
    wanted = {
        names.external_id(names.ORDER_LINE, line.key): {
            "Quantity": float(line.quantity),
            "Description": line.title,
            "Shop_Line_Net__c": float(line.net),
            "Shop_Tax__c": float(line.tax),
            "Shop_Line_Total__c": float(line.total),
            "Shop_Discount__c": float(line.discount),
            "Shop_Tax_Code__c": line.hsn_code or None,
            "Shop_Tax_Rate__c": float(line.tax_rate),
            "Order": {"PoNumber": line.order.number},
            "PricebookEntry": {"Product2": {"ProductCode": line.sku}},
        }
        for line in OrderLine.objects.select_related("order")
    }
    return _compare("line", wanted, _by_id(rows))


def _payments(org) -> list[str]:
    rows = org.query(
        "SELECT Shop_Id__c, Amount__c, Status__c, Gateway_Reference__c, Order__r.PoNumber "
        "FROM Payment__c"
    )
    words = {"PENDING": "Pending", "PAID": "Captured", "FAILED": "Failed"}
    wanted = {
        names.external_id(names.PAYMENT, payment.key): {
            "Amount__c": float(payment.amount),
            "Status__c": words[payment.state],
            "Gateway_Reference__c": payment.reference or None,
            "Order__r": {"PoNumber": payment.order.number},
        }
        for payment in Payment.objects.select_related("order")
    }
    return _compare("payment", wanted, _by_id(rows))


__all__ = ["ACTOR", "NOW", "dead_letters", "order_differences", "paid_order", "unfinished"]
