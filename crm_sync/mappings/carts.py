"""Cart__c and Opportunity: what somebody may be about to buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from crm_sync.mappings import names
from crm_sync.mappings.records import Record, Value, day, moment, money
from crm_sync.options import ORDER_PLACED, PAYMENT_CONFIRMED
from shop.core import options
from shop.core.dates import store_date
from shop.goods.catalog.models import Variant
from shop.pricing.price_lists import selectors as price_lists
from shop.pricing.totals import selectors as totals
from shop.pricing.totals.dataclasses import WantedLine
from shop.sales.cart.models import Cart, CartState
from shop.sales.orders.models import FulfillmentStatus, Order, OrderStatus, OrderType

OPEN, WON, LOST = "open", "won", "lost"
SHIPPED_STATES = (
    FulfillmentStatus.PART_SHIPPED,
    FulfillmentStatus.SHIPPED,
    FulfillmentStatus.OUT_FOR_DELIVERY,
    FulfillmentStatus.DELIVERED,
    FulfillmentStatus.RETURNED,
)
STATUS_WORDS = {
    CartState.OPEN: "Open",
    CartState.ORDERED: "Converted",
    CartState.MERGED: "Merged",
    CartState.EXPIRED: "Expired",
}


@dataclass(frozen=True, slots=True)
class CartFacts:
    """One cart, its sum and the order that came of it."""

    cart: Cart
    total: Decimal
    item_count: int
    order: Order | None

    @property
    def key(self) -> str:
        """The cart's public key."""
        return self.cart.key


def cart_facts(keys: Sequence[str], now: datetime) -> dict[str, CartFacts]:
    """Read many carts with their orders; the sum of each open one is asked of the calculator."""
    carts = list(
        Cart.objects.filter(key__in=keys).select_related("customer").prefetch_related("lines")
    )
    orders = {
        order.cart_key: order
        for order in Order.objects.filter(
            cart_key__in=keys, is_history=False, order_type__in=[OrderType.NORMAL, OrderType.BULK]
        ).order_by("-pk")
    }
    return {cart.key: _facts(cart, orders.get(cart.key), now) for cart in carts}


def _facts(cart: Cart, order: Order | None, now: datetime) -> CartFacts:
    lines = list(cart.lines.all())
    total = order.grand_total if order else goods_sum(cart, now)
    return CartFacts(
        cart=cart, total=total, item_count=sum(line.quantity for line in lines), order=order
    )


def goods_sum(cart: Cart, now: datetime) -> Decimal:
    """Answer the goods of a cart after offers, before shipping, in the price list's own terms."""
    lines = list(cart.lines.all())
    sellable = _sellable(cart, [line.variant_id for line in lines], now)
    wanted = [
        WantedLine(key=line.key, variant_id=line.variant_id, quantity=line.quantity)
        for line in lines
        if line.variant_id in sellable
    ]
    if not wanted:
        return Decimal(0)
    quote = totals.quote(
        lines=wanted, destination=None, shipping_code=None, currency=cart.currency, now=now
    )
    return quote.goods_subtotal - quote.discount_total


def _sellable(cart: Cart, variant_ids: Sequence[int], now: datetime) -> set[int]:
    """What can no longer be bought has no price to count."""
    if not variant_ids:
        return set()
    priced = price_lists.prices_for(variant_ids=variant_ids, currency=cart.currency, now=now)
    on_sale = Variant.objects.filter(
        pk__in=variant_ids, is_active=True, product__is_published=True
    ).values_list("pk", flat=True)
    return set(on_sale) & set(priced)


def deserves_opportunity(facts: CartFacts, is_linked: bool) -> bool:
    """A cart strictly above the threshold, an order, or one that already has its opportunity."""
    if is_linked:
        return True
    if facts.order:
        return bool(options.value("crm.create_missing_opportunity"))
    is_open = facts.cart.state == CartState.OPEN
    return is_open and facts.total > options.value("rules.cart_opportunity_amount")


def stage(facts: CartFacts) -> str:
    """Answer open, won or lost; pure, so that it can never swing back by accident."""
    order = facts.order
    if order is None:
        return LOST if facts.cart.state == CartState.EXPIRED else OPEN
    won = _is_won(order)
    if order.status == OrderStatus.CANCELLED and order.fulfillment_status not in SHIPPED_STATES:
        return LOST if not won or options.value("crm.reopen_lost") else WON
    return WON if won else OPEN


def _is_won(order: Order) -> bool:
    rule = options.value("crm.opportunity_won_on")
    if rule == ORDER_PLACED:
        return True
    if rule == PAYMENT_CONFIRMED:
        return order.activated_at is not None
    return order.fulfillment_status in SHIPPED_STATES


def opportunity_record(
    facts: CartFacts, stages: dict[str, str], account_key: str, book_code: str
) -> Record:
    """The deal that a cart is, open, won or lost."""
    cart, order = facts.cart, facts.order
    buyer = order.full_name if order else getattr(cart.customer, "full_name", "")
    subject = f"Order {order.number}" if order else f"Cart {cart.key[-6:]}"
    if order:
        closes = store_date(order.placed_at)
    else:
        days = options.value("crm.cart_opportunity_expire_days")
        closes = store_date(cart.created_at + timedelta(days=days))
    fields: dict[str, Value] = {
        "Name": f"{subject} – {buyer}" if buyer else subject,
        "StageName": stages[stage(facts)],
        "Amount": money(facts.total),
        "CloseDate": day(closes),
        "Shop_Cart_Total__c": money(facts.total),
        "Shop_Fulfillment_Status__c": order.fulfillment_status if order else None,
    }
    if account_key:
        fields["Account"] = names.reference(names.ACCOUNT, account_key)
    if book_code:
        fields["Pricebook2"] = names.reference(names.PRICE_LIST, book_code)
    return Record(
        kind=names.OPPORTUNITY,
        key=cart.key,
        sobject="Opportunity",
        external_id=names.external_id(names.OPPORTUNITY, cart.key),
        fields=fields,
    )


def cart_record(
    facts: CartFacts, *, contact_key: str, lead_external_id: str, has_opportunity: bool
) -> Record:
    """The cart itself, with the person and the deal."""
    cart = facts.cart
    fields: dict[str, Value] = {
        "Status__c": STATUS_WORDS[CartState(cart.state)],
        "Total__c": money(facts.total),
        "Item_Count__c": facts.item_count,
        "Last_Activity__c": moment(cart.last_activity_at),
        "Currency__c": cart.currency,
    }
    if contact_key:
        fields["Contact__r"] = names.reference(names.CONTACT, contact_key)
    elif lead_external_id:
        fields["Lead__r"] = {names.EXTERNAL_ID: lead_external_id}
    if has_opportunity:
        fields["Opportunity__r"] = names.reference(names.OPPORTUNITY, cart.key)
    return Record(
        kind=names.CART,
        key=cart.key,
        sobject="Cart__c",
        external_id=names.external_id(names.CART, cart.key),
        fields=fields,
    )
