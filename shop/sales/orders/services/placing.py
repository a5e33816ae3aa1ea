"""Writing a new order: everything is copied as bought."""

from datetime import datetime

from django.db import IntegrityError, transaction

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.keys import new_order_number
from shop.core.money import format_money
from shop.core.rows import insert
from shop.directory.customers import services as customers
from shop.directory.customers.models import Customer
from shop.directory.geography import selectors as geography
from shop.directory.geography.addresses import PostalAddress
from shop.pricing.totals.dataclasses import LineTotal, Totals
from shop.sales.orders.dataclasses import OrderDraft
from shop.sales.orders.events import OrderPlaced
from shop.sales.orders.models import AddressKind, Order, OrderAddress, OrderAllocation, OrderLine

NUMBER_DRAWS = 5


# Part of a purchase, which is all or nothing: no savepoint of its own.
@transaction.atomic(savepoint=False)
def create_order(
    *, draft: OrderDraft, actor: Actor, now: datetime, customer: Customer | None = None
) -> Order:
    """Write down a purchase as a draft order with its lines, addresses and held goods.

    The customer is handed along by who has locked that row.
    """
    order = _save_under_a_free_number(_header(draft, now), now)
    insert(
        [
            _address(order, AddressKind.BILLING, draft.billing),
            _address(order, AddressKind.SHIPPING, draft.shipping),
        ]
    )
    _write_lines(order, draft)
    customers.note_purchase(
        customer_id=draft.customer_id,
        amount=order.grand_total,
        currency=order.currency,
        now=now,
        locked=customer,
    )
    timeline.record(
        subject_type="order",
        subject_key=order.key,
        thread_type="order",
        thread_key=order.key,
        kind="order.placed",
        message=f"Order {order.number} placed: {format_money(order.grand_total, order.currency)}",
        actor=actor,
        now=now,
    )
    publish(
        OrderPlaced(
            order_id=order.pk, order_key=order.key, number=order.number, cart_key=order.cart_key
        )
    )
    return order


def _save_under_a_free_number(order: Order, now: datetime) -> Order:
    for draw in range(NUMBER_DRAWS):
        order.number = new_order_number(now)
        try:
            with transaction.atomic():
                order.save(force_insert=True)
        except IntegrityError:
            is_taken = Order.objects.filter(number=order.number).exists()
            if draw + 1 == NUMBER_DRAWS or not is_taken:
                raise
        else:
            break
    return order


def _header(draft: OrderDraft, now: datetime) -> Order:
    totals, shipping = draft.totals, draft.shipping
    order = Order(
        customer_id=draft.customer_id,
        cart_key=draft.cart_key,
        channel=draft.channel,
        order_type=draft.order_type,
        source=draft.source,
        source_number=draft.source_number,
        payment_method=draft.payment_method,
        email=draft.email,
        phone=draft.phone,
        full_name=draft.full_name,
        currency=totals.currency,
        price_list_code=totals.price_list_code,
        is_tax_inclusive=totals.is_tax_inclusive,
        goods_total=totals.goods_subtotal,
        discount_total=totals.discount_total,
        tax_total=totals.tax_total,
        grand_total=totals.grand_total,
        discounts=_discounts(totals),
        tax_summary=_tax_summary(totals),
        place_of_supply=shipping.state,
        shipping_city=geography.canonical_city(
            shipping.city, shipping.postal_code, shipping.country
        ),
        shipping_state=shipping.state,
        shipping_country=shipping.country,
        region=geography.region_of(shipping.country, shipping.state),
        placed_by_id=draft.placed_by_id,
        sales_rep_id=draft.sales_rep_id,
        note=draft.note,
        placed_at=now,
        updated_at=now,
    )
    _copy_shipping(order, totals)
    return order


def _copy_shipping(order: Order, totals: Totals) -> None:
    if (shipping := totals.shipping) is None:
        return
    order.shipping_code = shipping.code
    order.shipping_name = shipping.name
    order.shipping_total = shipping.total
    order.shipping_net = shipping.net
    order.shipping_cgst = shipping.cgst
    order.shipping_sgst = shipping.sgst
    order.shipping_igst = shipping.igst
    order.shipping_tax = shipping.tax
    order.shipping_tax_rate = shipping.tax_rate
    order.delivery_from = shipping.delivery_from
    order.delivery_to = shipping.delivery_to


def _discounts(totals: Totals) -> list[dict[str, str]]:
    return [
        {
            "code": share.code,
            "label": share.label,
            "base": str(share.base),
            "amount": str(share.amount),
            "explanation": share.explanation,
        }
        for share in totals.discounts
    ]


def _tax_summary(totals: Totals) -> list[dict[str, str]]:
    columns = ("rate", "net", "cgst", "sgst", "igst", "tax")
    return [{name: str(getattr(row, name)) for name in columns} for row in totals.tax_summary]


def _address(order: Order, kind: AddressKind, given: PostalAddress) -> OrderAddress:
    return OrderAddress(
        order=order,
        kind=kind,
        full_name=given.full_name,
        phone=given.phone,
        line1=given.line1,
        line2=given.line2,
        city=given.city,
        state=given.state,
        postal_code=given.postal_code,
        country=given.country,
    )


def _write_lines(order: Order, draft: OrderDraft) -> None:
    lines = insert(
        [
            _line(order, position, priced, draft)
            for position, priced in enumerate(draft.totals.lines, start=1)
        ]
    )
    insert(
        [
            OrderAllocation(
                line=line,
                reservation_id=part.reservation_id,
                location_id=part.location_id,
                quantity=part.quantity,
            )
            for line, priced in zip(lines, draft.totals.lines, strict=True)
            for part in draft.held.get(priced.variant_id, ())
        ]
    )


def _line(order: Order, position: int, priced: LineTotal, draft: OrderDraft) -> OrderLine:
    held = draft.held.get(priced.variant_id, ())
    return OrderLine(
        order=order,
        position=position,
        variant_id=priced.variant_id,
        product_key=priced.product_key,
        variant_key=priced.variant_key,
        sku=priced.sku,
        title=priced.title,
        variant_title=priced.variant_title,
        quantity=priced.quantity,
        list_unit_price=priced.list_unit_price,
        unit_price=priced.unit_price,
        gross=priced.gross,
        discount=priced.discount,
        net=priced.net,
        cgst=priced.cgst,
        sgst=priced.sgst,
        igst=priced.igst,
        tax=priced.tax,
        tax_rate=priced.tax_rate,
        hsn_code=priced.hsn_code,
        total=priced.total,
        owner_id=priced.owner_id,
        location_id=held[0].location_id if held else None,
    )
